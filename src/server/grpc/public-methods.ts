import type { Server, ServiceDefinition } from '@grpc/grpc-js';
import { ChatError } from '../../shared/errors.js';
import { createAddressLimits, type AddressCaps } from '../net/address-limits.js';

/** What may be called without a login. */
export type PublicMethods = {
  readonly includes: (path: string) => boolean;
  /** Counts a call in. Throws `rate-limited` with too many at once. */
  enter(address: string): PublicCall;
};

/** A call without a login. */
type PublicCall = {
  /** Counts one request; throws `rate-limited` at one too many. */
  readonly request: () => void;
  /** Counts the call out. */
  readonly leave: () => void;
};

// Probes and `grpcurl` make one call at a time with a few short requests.
const caps: AddressCaps = { total: 200, perAddress: 16 };
const maxRequests = 100;
const maxRequestBytes = 4096;
const prefixes = ['/grpc.health.v1.', '/grpc.reflection.v1.', '/grpc.reflection.v1alpha.'];

/** Health and reflection: open to all, a few calls at once. */
export function createPublicMethods(): PublicMethods {
  const limits = createAddressLimits(caps);
  return {
    includes: (path) => prefixes.some((prefix) => path.startsWith(prefix)),
    enter(address) {
      const leave = limits.admit(address);
      if (!leave)
        throw new ChatError('rate-limited', 'too many calls without a login', { retryAfterMs: 1000 });
      let requests = 0;
      return {
        request() {
          if (++requests > maxRequests) throw new ChatError('rate-limited', 'too many requests in one call');
        },
        leave,
      };
    },
  };
}

/** `server`, for libraries that add a service which needs no login: requests that nobody needs are refused. */
export function withShortRequests(server: Server): Pick<Server, 'addService'> {
  return {
    addService(service, implementation) {
      const methods = Object.entries(service).map(([name, method]) => {
        const requestDeserialize = (bytes: Buffer): unknown => {
          if (bytes.length > maxRequestBytes) throw new Error('the request is too long');
          const request: unknown = method.requestDeserialize(bytes);
          return request;
        };
        return [name, { ...method, requestDeserialize }] as const;
      });
      const bounded: ServiceDefinition = Object.fromEntries(methods);
      server.addService(bounded, implementation);
    },
  };
}
