import { execFile } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runChat, startServe, temporaryFolder } from '../chat-process.js';

const program = join(import.meta.dirname, '..', '..', 'bin', 'chat.js');
/** Without an entry in the list of users. */
const uid = 34_567;
const asRoot = process.geteuid?.() === 0 ? test : test.skip;

/** Runs the program as a user without a home directory. */
function run(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: unknown; stderr: string }> {
  const options = { uid, gid: uid, cwd: '/', env: { PATH: process.env.PATH ?? '', ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], options, (error, _, stderr) =>
      resolve({ code: error ? error.code : 0, stderr }),
    );
  });
}

asRoot('send needs no home directory; serve asks for one if the data would be in it', async () => {
  const server = await startServe(['--store', 'memory']);
  const login = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' };
  for (const env of [{}, { HOME: '' }, { HOME: 'relative', XDG_DATA_HOME: 'relative' }]) {
    expect(await run(['send', server.address, 'x'], { ...env, ...login })).toEqual({ code: 0, stderr: '' });
    expect(await run(['serve', '--port', '0'], env)).toEqual({
      code: 2,
      stderr: 'chat: there is no home directory for the data. Set HOME, or give --data DIRECTORY.\n',
    });
  }
});

asRoot('users needs no home directory if a directory is given', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  await chmod(folder, 0o711);
  await mkdir(data);
  await chmod(data, 0o777);
  const { code, stderr } = await run(['users', 'list', '--data', data], {});
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('homedir') });
});

test('doctor does not mistake the working directory for an empty HOME', async () => {
  const env = { HOME: '', XDG_CONFIG_HOME: '', XDG_DATA_HOME: '' };
  const { stdout } = await runChat(['doctor'], { env });
  expect(stdout).toMatch(/configuration none: (\/|there is no home directory)/);
});
