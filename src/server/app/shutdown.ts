import type { Clock } from '../../shared/clock.js';
import type { Connections } from '../net/connections.js';
import type { GrpcServer } from '../grpc/grpc-server.js';
import type { Health } from '../grpc/health.js';
import type { OpenCalls } from '../grpc/open-calls.js';
import { within } from '../async/within.js';

/** What runs on top of the log. */
export type Running = {
  readonly health: Health;
  readonly openCalls: OpenCalls;
  /** Ends what runs beside the calls. */
  readonly stopping: AbortController;
  readonly grpc: GrpcServer;
  readonly connections: Connections;
};

/** How long calls may take to be answered, and connections to close, in milliseconds. With `closeTime` of the log less than 5 s. */
const answerTime = 2500;
const connectionTime = 1000;

/**
 * Ends every call: those under way are answered, streams end by trailers with `UNAVAILABLE`, and whoever still
 * holds a connection after that loses it.
 */
export async function shutDown(running: Running, clock: Clock): Promise<void> {
  const { health, openCalls, stopping, grpc, connections } = running;
  health.drain();
  const tooLate = new AbortController();
  const stopWaiting = clock.after(answerTime, () => tooLate.abort());
  await openCalls.drain(tooLate.signal);
  stopWaiting();
  stopping.abort();
  // From Node 24 on, grpc-js takes a connection for closed while the last trailers on it are still to be written.
  await within(connectionTime, Promise.all([grpc.close(), connections.allClosed()]), clock);
  connections.destroyAll();
}
