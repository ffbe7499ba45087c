import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runChat, startServe, temporaryFolder } from '../chat-process.js';
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

test('a server on a terminal says how to join and to stop, and that it has stopped', async () => {
  const data = join(temporaryFolder(), 'data');
  const server = startTerminal(['serve', '--port', '0', '--data', data], { columns: 200 });
  await server.until((text) => text.includes('stop    Ctrl+C'));
  const [ready = '', ...notes] = server.screen();
  const [, address = ''] = /^listening on (\S+) \(plaintext\)$/.exec(ready) ?? [];
  expect(notes.slice(0, 3)).toEqual([
    `  data    ${data}`,
    `  log in  as user1 to user5, password qwerty, until you add users: chat users add NAME --data ${data}`,
    `  join    chat connect ${address} --user user1`,
  ]);
  server.write('\x03');
  expect(await server.exitCode).toBe(0);
  expect(server.text()).toMatch(/\^C\nstopped\n/);
});

test('a server with accounts says on its terminal how many there are', async () => {
  const data = join(temporaryFolder(), 'data');
  const added = await runChat(['users', 'add', 'anna', '--password-stdin', '--data', data], {
    input: 'long enough\n',
  });
  expect(added.code).toBe(0);
  const server = startTerminal(['serve', '--port', '0', '--data', data, '--tls-self-signed'], {
    columns: 200,
  });
  await server.until((text) => text.includes('stop    Ctrl+C'));
  expect(server.text()).toMatch(/log in {2}1 user has an account; add another: chat users add NAME --data/);
  expect(server.text()).toMatch(/join {4}chat connect https:\/\/localhost:\d+ --user NAME/);
});
