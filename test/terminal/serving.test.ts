import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startServe, temporaryFolder } from '../chat-process.js';
import { program, startTerminal } from './terminal-program.js';

test.each([
  ['in plaintext', []],
  ['with TLS', ['--tls-self-signed']],
])('a server %s stops when its window is closed, and releases port and data', async (_, args) => {
  const data = join(temporaryFolder(), 'data');
  const server = startTerminal(['serve', '--port', '0', '--data', data, ...args]);
  await server.until((text) => text.includes('listening on'));
  const port = /localhost:(\d+)/.exec(server.text())?.[1] ?? '';
  server.closeWindow();
  expect(await server.exitCode).toBe(129);
  const next = await startServe(['--port', port], { data });
  expect(next.stdout()).toContain(`listening on localhost:${port} `);
});

test('a server in the background of a shell stops with the window, too', async () => {
  const folder = temporaryFolder();
  const [data, output] = [join(folder, 'data'), join(folder, 'output')];
  const shell = startTerminal(['-i'], { command: 'bash', columns: 400 });
  shell.write(`${process.execPath} ${program} serve --port 0 --data ${data} >${output} 2>&1 &\r`);
  shell.write(`until grep -q listening ${output}; do sleep 0.1; done; echo is" "up\r`);
  await shell.until((text) => text.includes('is up'));
  shell.closeWindow();
  const next = (): Promise<unknown> => startServe([], { data });
  while (!(await next().catch(() => false)));
});
