import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A headless X server. */
export type XServer = { readonly display: string; stop(): Promise<void> };

/** Starts Xvfb on a free display and waits until it answers. */
export async function startXServer(): Promise<XServer> {
  // Without -noreset the server restarts when its last client leaves.
  const flags = ['-displayfd', '3', '-noreset', '-nolisten', 'tcp', '-screen', '0', '64x64x24'];
  const server = spawn('Xvfb', flags, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const exited = once(server, 'exit');
  const output = server.stdio[3];
  if (!output) throw new Error('no pipe to Xvfb');
  const [number] = await Promise.race([
    once(output, 'data').then(String),
    exited.then(() => Promise.reject(new Error('Xvfb did not start'))),
  ]).then((text) => text.split('\n'));
  return {
    display: `:${number ?? ''}`,
    async stop() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}
