import type { RunningServer, ServerOptions } from '../../server/server-options.js';
import { startServer } from '../../server/start-server.js';
import { defaultDataDirectory } from '../standard-paths.js';
import { exitCodes, signalExitCodes } from '../exit-codes.js';
import { createLogger } from './serve-logger.js';
import { parseServeOptions, type ServeFlags } from './serve-options.js';
import type { Shell } from '../shell.js';
import { stopYoungGenerationGrowing } from './young-generation.js';

/** Runs a server until SIGINT or SIGTERM; a second one does not wait for the drain. SIGHUP reads certificates again. */
export async function serve(flags: ServeFlags, shell: Shell): Promise<number> {
  stopYoungGenerationGrowing();
  const { options, log } = parseServeOptions(flags, defaultDataDirectory);
  // Data files are nobody else's; the store itself would make them readable for all.
  shell.setUmask(0o077);
  const stopping = stopRequest(shell);
  const logger = await createLogger(log, shell);
  const server = await Promise.race([startServer({ ...options, logger }), stopping]);
  // Asked to stop before it served: nobody is connected, and the log is whole at any moment.
  if (!server) return exitCodes.done;
  const stopReloading = shell.onSignal('SIGHUP', () => {
    server
      .reloadCertificates()
      .catch((error: unknown) => logger.error(error, 'reloading certificates failed'));
  });
  announce(server, options, shell);
  await stopping;
  stopReloading();
  await server.stop();
  return exitCodes.done;
}

/** Resolves at the first request to stop; the second one ends the process at once. */
function stopRequest(shell: Shell): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      shell.onSignal(signal, () => {
        if (asked) shell.exit(signalExitCodes[signal]);
        asked = true;
        resolve();
      });
    }
  });
}

/** The ready line comes last: whoever waits for it has read everything. */
function announce(
  { port, metricsPort, fingerprint, warnings }: RunningServer,
  { host, tls }: Omit<ServerOptions, 'logger'>,
  { stdout, stderr }: Shell,
): void {
  for (const warning of warnings) stderr.write(`chat: warning: ${warning}\n`);
  if (metricsPort !== undefined) stderr.write(`chat: metrics on http://localhost:${metricsPort}/metrics\n`);
  if (fingerprint !== undefined) stdout.write(`certificate SHA256 ${fingerprint}\n`);
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  stdout.write(`listening on ${address} (${tls.kind === 'none' ? 'plaintext' : 'TLS'})\n`);
}
