import {
  status,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Server,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { serviceNames, simpleChatName } from '../../shared/services.js';
import type { StorageStatus } from '../messages/storage-status.js';

/** The standard health service, `grpc.health.v1.Health`. */
export type Health = {
  addTo(server: Server): void;
  /** Reports NOT_SERVING for every service. */
  drain(): void;
};

type Request = { readonly service: string };
type State = { readonly status: 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN' };

/**
 * The chat service is SERVING while the log can be written; the server as a whole always is, since reading works. The
 * implementation of grpc-health-check is not used: it stores every name that a client asks for.
 */
export function createHealth(storageStatus: Pick<StorageStatus, 'get' | 'changed'>): Health {
  const serving: State = { status: 'SERVING' };
  const notServing: State = { status: 'NOT_SERVING' };
  // The empty name is the server as a whole.
  const states = new Map(['', ...serviceNames].map((name) => [name, serving]));
  const watchers = new Set<ServerWritableStream<Request, State>>();

  const set = (service: string, state: State): void => {
    if (states.get(service) === state) return;
    states.set(service, state);
    for (const watcher of watchers) if (watcher.request.service === service) watcher.write(state);
  };

  const draining = new AbortController();
  const followLog = async (): Promise<never> => {
    for (;;) {
      const problem = storageStatus.get();
      set(simpleChatName, problem === undefined ? serving : notServing);
      await storageStatus.changed(problem, draining.signal);
    }
  };
  followLog().catch(() => undefined);

  const check: handleUnaryCall<Request, State> = ({ request }, callback) => {
    const state = states.get(request.service);
    if (state) callback(null, state);
    else callback({ code: status.NOT_FOUND, details: 'unknown service' });
  };
  const watch: handleServerStreamingCall<Request, State> = (call) => {
    watchers.add(call);
    call.on('cancelled', () => watchers.delete(call));
    call.write(states.get(call.request.service) ?? { status: 'SERVICE_UNKNOWN' });
  };
  const list: handleUnaryCall<object, { statuses: Record<string, State> }> = (_, callback) => {
    callback(null, { statuses: Object.fromEntries(states) });
  };

  return {
    addTo: (server) => server.addService(healthService, { check, watch, list }),
    drain() {
      draining.abort();
      for (const service of states.keys()) set(service, notServing);
    },
  };
}
