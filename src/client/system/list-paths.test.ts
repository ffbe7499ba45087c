import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import { createPathLister, type ListedPaths } from './list-paths.js';

let home = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'chat-paths-'));
  await mkdir(join(home, 'images', 'holidays'), { recursive: true });
  for (const name of ['a b.png', 'b.png', 'c.txt', '.hidden.png'])
    await writeFile(join(home, 'images', name), '');
  await symlink(join(home, 'images'), join(home, 'link'));
  await symlink(join(home, 'nowhere'), join(home, 'broken'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

test.each([
  ['', ['images/', 'link/']],
  ['im', ['images/']],
  ['~', ['~/']],
  ['~/im', ['~/images/']],
  ['images/', ['images/a b.png', 'images/b.png', 'images/holidays/']],
  ['link/a', ['link/a b.png']],
  ['images/.', ['images/.hidden.png']],
  ['nowhere/', []],
  ['images/b.png/', []],
])('%j is completed to %j', async (text, paths) => {
  const list = createPathLister({ directory: home, home });
  expect(await list(text, (name) => name.endsWith('.png'))).toEqual(paths);
});

test('a drive that does not answer is asked once', async () => {
  const clock = manualClock();
  let asked = 0;
  let answer: (paths: readonly string[]) => void = () => undefined;
  const never = () => {
    asked++;
    return new Promise<readonly string[]>((resolve) => (answer = resolve));
  };
  const list = createPathLister({ directory: '/', home }, clock, never);
  const first: Promise<ListedPaths> = list('/net/', () => true);
  await clock.advance(1000);
  expect(await first).toBe('busy');
  expect(await list('/net/x', () => true)).toBe('busy');
  expect(asked).toBe(1);
  answer([]);
  await new Promise(setImmediate);
  void list('/home/', () => true);
  expect(asked).toBe(2);
});
