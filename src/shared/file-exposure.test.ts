import { describe, expect, test } from '@jest/globals';
import { exposureOf, volumeGroup } from './file-exposure.js';

const ann = { uid: 1000, groups: [1000, 2000] };
const root = { uid: 0, groups: [0] };
const own = { uid: 1000, gid: 1000 };

const problem = (
  access: { uid: number; gid: number; mode: number },
  rules: Parameters<typeof exposureOf>[2] = {},
  user: typeof ann | undefined = ann,
) => exposureOf('/data/it', access, rules, user)?.message;

describe('exposureOf', () => {
  test('a file that only its owner and root can change is trusted', () => {
    for (const mode of [0o600, 0o644, 0o640, 0o755]) {
      expect(problem({ ...own, mode })).toBeUndefined();
      expect(problem({ uid: 0, gid: 0, mode })).toBeUndefined();
      expect(problem({ ...own, mode }, {}, root)).toBeUndefined();
    }
  });

  test('a file that others or its group can change is rejected, also for root', () => {
    for (const mode of [0o602, 0o620, 0o666, 0o777, 0o1777]) {
      expect(problem({ ...own, mode })).toContain('can be changed');
      expect(problem({ ...own, mode }, {}, root)).toContain('can be changed');
      expect(problem({ uid: 0, gid: 0, mode }, { allowsOwnGroup: true }, root)).toContain('can be changed');
    }
  });

  test('a file of another user is rejected, except for root', () => {
    expect(problem({ uid: 1001, gid: 1001, mode: 0o600 })).toContain('uid 1001');
    expect(problem({ uid: 1001, gid: 1001, mode: 0o600 }, {}, root)).toBeUndefined();
  });

  test('a file that its private group or a trusted group can change is trusted if the rules allow it', () => {
    expect(problem({ ...own, mode: 0o664 }, { allowsOwnGroup: true })).toBeUndefined();
    expect(problem({ ...own, gid: 100, mode: 0o664 }, { allowsOwnGroup: true })).toContain('can be changed');
    expect(problem({ ...own, gid: 2000, mode: 0o660 }, { trustedGroup: 2000 })).toBeUndefined();
    expect(problem({ ...own, gid: 2000, mode: 0o662 }, { trustedGroup: 2000 })).toContain('can be changed');
  });

  test('a secret may be readable by its group, and one of our own by no one else', () => {
    const rules = { isSecret: true };
    expect(problem({ ...own, mode: 0o640 }, rules)).toBeUndefined();
    expect(problem({ ...own, mode: 0o644 }, rules)).toContain('can be read');
    expect(problem({ uid: 0, gid: 0, mode: 0o444 }, rules)).toBeUndefined();
    expect(problem({ uid: 1001, gid: 2000, mode: 0o640 }, rules)).toBeUndefined();
    expect(problem({ ...own, mode: 0o660 }, rules)).toContain('can be changed');
    expect(problem({ uid: 0, gid: 0, mode: 0o444 }, rules, root)).toContain('can be read');
  });

  test('a hint contains the command that fixes it, quoted for a shell', () => {
    const access = { ...own, mode: 0o777 };
    expect(exposureOf("/it's here", access, { isDirectory: true }, ann)?.hint).toContain(
      "chmod 700 '/it'\\''s here'",
    );
    expect(exposureOf('/plain', { ...access, uid: 7 }, { isDirectory: true }, ann)?.hint).toContain(
      'chown -R 1000 /plain',
    );
  });
});

test('the group of a volume is trusted only if root gave the volume to it and this user is in it', () => {
  const volume = { uid: 0, gid: 2000, mode: 0o42775 };
  expect(volumeGroup(volume, ann)).toBe(2000);
  expect(volumeGroup({ ...volume, uid: 1000 }, ann)).toBeUndefined();
  expect(volumeGroup({ ...volume, mode: 0o40775 }, ann)).toBeUndefined();
  expect(volumeGroup({ ...volume, gid: 3000 }, ann)).toBeUndefined();
  expect(volumeGroup({ ...volume, gid: 0 }, root)).toBeUndefined();
});
