import { expect, test } from '@jest/globals';
import { checkProgram } from './exec.js';

const check = (program: string, env: Record<string, string>, cwd = '/') =>
  checkProgram([program], { env, cwd });

test('a program is looked for as the system does: in PATH, in the usual folders without one, and here', async () => {
  await check('sh', { PATH: '/nowhere:/bin' });
  await check('sh', {});
  await check('sh', { PATH: '' }, '/bin');
  await check('./sh', { PATH: '/nowhere' }, '/bin');
  await check('/bin/sh', { PATH: '/nowhere' });
});

test('what is not there, is a folder or may not be started is refused', async () => {
  for (const program of ['sh', './sh', '/bin', '/etc/passwd']) {
    await expect(check(program, { PATH: '/nowhere' })).rejects.toMatchObject({ code: 'usage' });
  }
});
