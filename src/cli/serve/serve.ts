import type { Logger } from 'pino';
import { within } from '../../server/async/within.js';
import type { RunningServer, ServerOptions } from '../../server/app/server-options.js';
import { startServer } from '../../server/app/start-server.js';
import { systemClock } from '../../shared/clock.js';
import { defaultDataDirectory } from '../standard-paths.js';
import { exitCodes, signalExitCodes } from '../exit-codes.js';
import { createLogger } from './serve-logger.js';
import { parseServeOptions, type ServeFlags } from './serve-options.js';
import type { Shell } from '../shell.js';
import { stopYoungGenerationGrowing } from './young-generation.js';

/** What the log may take to be written at the end, in milliseconds. */
const logFlushTime = 1000;

/**
 * Runs a server until SIGINT or SIGTERM; a second one does not wait for the drain. SIGHUP reads certificates again; without
 * TLS, or where the terminal was closed, it stops the server too.
 */
export async function serve(flags: ServeFlags, shell: Shell): Promise<number> {
  stopYoungGenerationGrowing();
  const { options, log } = parseServeOptions(flags, defaultDataDirectory);
  // Data files are nobody else's; the store itself would make them readable for all.
  shell.setUmask(0o077);
  const stop = stopRequest(shell);
  const { logger, flushed } = await createLogger(log, shell);
  const server = await Promise.race([startServer({ ...options, logger }), stop.requested]);
  // Asked to stop before it served: nobody is connected, and the log is whole at any moment.
  if (!server) return exitCodes.done;
  shell.onSignal('SIGHUP', () => {
    if (options.tls.kind === 'none' || shell.terminalIsGone()) stop.request();
    else reload(server, logger);
  });
  announce(server, options, shell);
  await stop.requested;
  await server.stop();
  // A process does not exit while a write hangs, but a signal ends it.
  if (!(await within(logFlushTime, flushed(), systemClock))) shell.exit(exitCodes.terminated);
  return exitCodes.done;
}

function reload(server: RunningServer, logger: Logger): void {
  server.reloadCertificates().catch((error: unknown) => logger.error(error, 'reloading certificates failed'));
}

/** Resolves at the first request to stop; a second signal ends the process at once. */
function stopRequest(shell: Shell): { readonly requested: Promise<void>; readonly request: () => void } {
  let request = (): void => undefined;
  const requested = new Promise<void>((resolve) => (request = resolve));
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    shell.onSignal(signal, () => {
      if (asked) shell.exit(signalExitCodes[signal]);
      asked = true;
      request();
    });
  }
  return { requested, request };
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
