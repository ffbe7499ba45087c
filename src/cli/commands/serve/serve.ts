import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Logger } from 'pino';
import type { RunningServer, ServerOptions } from '../../../server/app/server-options.js';
import { startServer } from '../../../server/app/start-server.js';
import { raceTimeout } from '../../../shared/async/with-timeout.js';
import { defaultDataDirectory } from '../../config/standard-paths.js';
import { exitCodes, signalExitCodes } from '../../io/exit.js';
import { createLogger } from './serve-logger.js';
import type { ServeFlags } from './serve-flags.js';
import { parseServeOptions } from './serve-options.js';
import { startNotes } from './start-notes.js';
import type { IO } from '../../io/io.js';

/** How long to wait for the server log at exit. */
const logFlushTimeoutMs = 1000;

/**
 * Runs a server until SIGINT or SIGTERM; a second one exits without draining. SIGHUP reloads the certificates; without
 * TLS, or if the terminal was closed, it stops the server.
 */
export async function serve(flags: ServeFlags, io: IO): Promise<number> {
  capYoungGeneration();
  const { options, log } = parseServeOptions(flags, defaultDataDirectory);
  // The store would make its files readable for all users.
  io.setUmask(0o077);
  const stop = stopRequest(io);
  const { logger, flushed } = await createLogger(log, io);
  const server = await Promise.race([startServer({ ...options, logger }), stop.requested]);
  // Stopped before it was ready: no client is connected, and the log survives an exit at any time.
  if (!server) return exitCodes.done;
  io.onSignal('SIGHUP', () => {
    if (options.tls.kind === 'none' || io.terminalIsGone()) stop.request();
    else reload(server, logger);
  });
  announce(server, options, flags, io);
  await stop.requested;
  await server.stop();
  // `exit` would wait for a hanging write; with this code it ends by a signal.
  const isFlushed = await raceTimeout(
    logFlushTimeoutMs,
    flushed().then(() => true),
  );
  if (!isFlushed) io.exit(exitCodes.terminated);
  if (isOnTerminal(io)) io.stdout.write('stopped\n');
  return exitCodes.done;
}

function reload(server: RunningServer, logger: Logger): void {
  server.reloadCertificates().catch((error: unknown) => logger.error(error, 'reloading certificates failed'));
}

/** Resolves at the first request to stop; a second signal ends the process. */
function stopRequest(io: IO): { readonly requested: Promise<void>; readonly request: () => void } {
  let request = (): void => undefined;
  const requested = new Promise<void>((resolve) => (request = resolve));
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    io.onSignal(signal, () => {
      if (asked) io.exit(signalExitCodes[signal]);
      asked = true;
      // Behind the ^C that the terminal shows.
      if (signal === 'SIGINT' && isOnTerminal(io)) io.stdout.write('\n');
      request();
    });
  }
  return { requested, request };
}

function isOnTerminal(io: IO): boolean {
  return io.stdout.isTTY === true && !io.terminalIsGone();
}

/** Prints the ready line last, so that a reader that waits for it has the rest; only a person reads on. */
function announce(
  server: RunningServer,
  options: Omit<ServerOptions, 'logger'>,
  given: ServeFlags,
  io: IO,
): void {
  const { port, metricsPort, fingerprint, warnings } = server;
  const { host, tls } = options;
  const { stdout, stderr } = io;
  for (const warning of warnings) stderr.write(`chat: warning: ${warning}\n`);
  if (metricsPort !== undefined) stderr.write(`chat: metrics on http://localhost:${metricsPort}/metrics\n`);
  if (fingerprint !== undefined) stdout.write(`certificate SHA256 ${fingerprint}\n`);
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  stdout.write(`listening on ${address} (${tls.kind === 'none' ? 'plaintext' : 'TLS'})\n`);
  if (!isOnTerminal(io)) return;
  const dataDirectory =
    options.dataDirectory === undefined ? undefined : resolve(io.cwd, options.dataDirectory);
  const notes = startNotes({ ...options, ...server, dataDirectory, given, hostName: hostname() });
  stdout.write(`${notes.join('\n')}\n`);
}

/**
 * Keeps V8's young generation at its 16 MB after loading: it would double when many clients connect, and never shrinks.
 * The flags that set a size work only on Node's command line.
 */
function capYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
