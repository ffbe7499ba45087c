import { ChatError } from '../../shared/errors.js';
import { createAddressLimits, type AddressCaps } from '../net/address-limits.js';

/** A call that needs no login. */
export type UnauthenticatedCall = {
  readonly address: string;
  /** Streams may stay open; other calls are answered at once. */
  readonly streams: boolean;
  /** Refused when it makes room for another call. */
  readonly call: { refuse(reason: ChatError): void };
};

/** What may be called without a login. */
export type UnauthenticatedMethods = {
  readonly includes: (path: string) => boolean;
  /** Counts a call in; the returned function counts it out. Throws `rate-limited` with too many streams open. */
  begin(call: UnauthenticatedCall): () => void;
};

// Probes and `grpcurl` make one call at a time.
const streamCaps: AddressCaps = { total: 200, perAddress: 16 };
/** Complete probes are answered at once, so those beyond this are incomplete: the oldest makes room for the next. */
const maxProbes = 256;
const prefixes = ['/grpc.health.v1.', '/grpc.reflection.v1.', '/grpc.reflection.v1alpha.'];

/** How many requests a stream without a login may have. */
export const maxUnauthenticatedRequests = 100;

/** Health and reflection: open to all, a few calls at once. Streams that are held open never keep out a health check. */
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
        oldest.call.refuse(
          new ChatError('rate-limited', 'too many calls without a login', { retryAfterMs: 1000 }),
        );
      }
      probes.add(call);
      return () => void probes.delete(call);
    },
  };
}
