import { expect, test } from '@jest/globals';
import { checkProgram } from './exec.js';

const check = (program: string, env: Record<string, string>, cwd = '/') =>
  checkProgram([program], { env, cwd });

test('checkProgram finds a program as the system does: in PATH, in the default folders without PATH, and by its path', async () => {
  await check('sh', { PATH: '/nowhere:/bin' });
  await check('sh', {});
  await check('sh', { PATH: '' }, '/bin');
  await check('./sh', { PATH: '/nowhere' }, '/bin');
  await check('/bin/sh', { PATH: '/nowhere' });
});

test('checkProgram rejects a missing program, a folder and a file that is not executable', async () => {
  for (const program of ['sh', './sh', '/bin', '/etc/passwd']) {
    await expect(check(program, { PATH: '/nowhere' })).rejects.toMatchObject({ code: 'usage' });
  }
});
