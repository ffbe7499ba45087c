import { ChatError } from '../../shared/errors.js';
import { createAddressLimits, type AddressCaps } from '../net/address-limits.js';

/** A call that needs no login. A stream may stay open; other calls are answered at once. */
export type UnauthenticatedCall = {
  readonly address: string;
  readonly streams: boolean;
  readonly call: { reject(reason: ChatError): void };
};

/** The methods without a login, and the calls of them in flight. */
export type UnauthenticatedMethods = {
  readonly includes: (path: string) => boolean;
  /** Counts a call until the returned function is called. Throws `rate-limited` if too many streams are open. */
  begin(call: UnauthenticatedCall): () => void;
};

// Health probes and `grpcurl` make one call at a time.
const streamCaps: AddressCaps = { total: 200, perAddress: 16 };
/** Complete probes are answered at once; if more are open, the oldest is incomplete and is rejected. */
const maxProbes = 256;
const prefixes = ['/grpc.health.v1.', '/grpc.reflection.v1.', '/grpc.reflection.v1alpha.'];

export const maxUnauthenticatedRequests = 100;

/** Health and reflection. Open streams never prevent a health check. */
export function createUnauthenticatedMethods(): UnauthenticatedMethods {
  const streams = createAddressLimits(streamCaps);
  const probes = new Set<UnauthenticatedCall>();
  return {
    includes: (path) => prefixes.some((prefix) => path.startsWith(prefix)),
    begin(call) {
      if (call.streams) {
        const leave = streams.countIn(call.address);
        if (!leave)
          throw new ChatError('rate-limited', 'too many calls without a login', { retryAfterMs: 1000 });
        return leave;
      }
      const [oldest] = probes;
      if (oldest && probes.size >= maxProbes) {
        probes.delete(oldest);
        oldest.call.reject(
          new ChatError('rate-limited', 'too many calls without a login', { retryAfterMs: 1000 }),
        );
      }
      probes.add(call);
      return () => void probes.delete(call);
    },
  };
}
