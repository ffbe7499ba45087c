import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cleanEnvironment, runChat, temporaryFolder, type Ended } from '../chat-process.js';
import { runTool } from '../run-tool.js';

const program = join(import.meta.dirname, '..', '..', 'bin', 'chat.js');
const user = { uid: 51_234, gid: 51_234 };
/** Only root can run a program as another user, who must be able to read it. */
function canRunAsOther(): boolean {
  if (process.geteuid?.() !== 0) return false;
  const { status } = runTool('setpriv', [
    '--reuid',
    String(user.uid),
    '--clear-groups',
    'test',
    '-r',
    program,
  ]);
  return status === 0;
}

const describeAsRoot = canRunAsOther() ? describe : describe.skip;

/** A folder that the other user may enter. */
function openFolder(): string {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  return folder;
}

function addUserAs(
  { uid, gid }: typeof user,
  data: string,
  groups: readonly string[] = [],
): { code: number | null; stderr: string } {
  const command = [program, 'users', 'add', 'anna', '--password-stdin', '--data', data];
  const drop = [
    '--reuid',
    String(uid),
    '--regid',
    String(gid),
    ...(groups.length > 0 ? ['--groups', groups.join()] : ['--clear-groups']),
  ];
  const { status, stderr } = runTool('setpriv', [...drop, process.execPath, ...command], {
    env: { ...cleanEnvironment(), HOME: '/nonexistent', XDG_DATA_HOME: data },
    input: 'long enough\n',
  });
  return { code: status, stderr };
}

const addUser = (data: string): Promise<Ended> =>
  runChat(['users', 'add', 'anna', '--password-stdin', '--data', data], { input: 'long enough\n' });

describeAsRoot('a data directory (skipped unless root can run the program as another user)', () => {
  test('is rejected unchanged if it belongs to another user, with the command that repairs it', () => {
    const data = join(openFolder(), 'data');
    mkdirSync(data);
    chownSync(data, 51_235, 51_235);
    chmodSync(data, 0o777);
    const { code, stderr } = addUserAs(user, data);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^chat: [^\n]*belongs to another user \(uid 51235\)[^\n]*chown -R 51234 [^\n]*\n$/,
    );
    expect(readdirSync(data)).toEqual([]);
    expect(statSync(data).mode & 0o777).toBe(0o777);
  });

  test('is rejected if it belongs to root and every user may write to it', () => {
    const data = join(openFolder(), 'data');
    mkdirSync(data);
    chmodSync(data, 0o777);
    expect(addUserAs(user, data)).toMatchObject({ code: 1, stderr: expect.stringContaining('mode 0777') });
    expect(readdirSync(data)).toEqual([]);
  });

  test('is used repeatedly if root gave it to a group of the server, as Kubernetes does with a volume', () => {
    const data = join(openFolder(), 'data');
    mkdirSync(data);
    const handOver = (path: string, mode: number): void => {
      chownSync(path, statSync(path).uid, 51_300);
      chmodSync(path, mode);
    };
    handOver(data, 0o2775);
    expect(addUserAs(user, data, ['51300'])).toMatchObject({ code: 0 });
    // What a restarted pod has.
    for (const name of readdirSync(data)) handOver(join(data, name), 0o660);
    expect(addUserAs(user, data, ['51300']).stderr).toContain('there is a user anna already');
    expect(addUserAs({ uid: 51_236, gid: 51_236 }, data)).toMatchObject({ code: 1 });
  });

  test('can be changed by root if it belongs to the user of the server, and keeps its owner', async () => {
    const data = join(openFolder(), 'data');
    mkdirSync(data, { mode: 0o700 });
    chownSync(data, user.uid, user.gid);
    expect(await addUser(data)).toMatchObject({ code: 0 });
    for (const name of readdirSync(data)) expect(statSync(join(data, name)).uid).toBe(user.uid);
    expect(addUserAs(user, data).stderr).toContain('there is a user anna already');
  });
});

test.each(['accounts.json', 'version', '.'])(
  'a data directory in which other users can change %s is rejected',
  async (name) => {
    const data = join(temporaryFolder(), 'data');
    expect(await addUser(data)).toMatchObject({ code: 0 });
    chmodSync(join(data, name), 0o777);
    for (const command of [
      ['users', 'list'],
      ['serve', '--port', '0'],
      ['users', 'remove', 'anna'],
    ]) {
      // `users list` reads only the accounts.
      if (command[1] === 'list' && name !== 'accounts.json') continue;
      const ended = await runChat([...command, '--data', data]);
      expect(ended).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/mode 0777.*chmod /),
      });
    }
  },
);
