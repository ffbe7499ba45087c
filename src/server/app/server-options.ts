import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import type { ContentLimits } from '../../shared/message-rules.js';
import type { AddressRanges } from '../net/address-ranges.js';
import type { PasswordHashing } from '../accounts/password-hash.js';
import type { Keepalive } from '../grpc/grpc-server.js';
import type { Keep } from '../messages/message-log.js';
import type { TailBufferLimits } from '../messages/tail-buffer.js';
import type { NatsStoreOptions } from '../nats/nats-store-options.js';

/** Where the certificate comes from. */
export type TlsOptions =
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string }
  | { readonly kind: 'self-signed' }
  | { readonly kind: 'none' };

/** The options of `chat serve`; the command line fills in the defaults. */
export type ServerOptions = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Undefined only if the store needs none; then only what is in NATS outlasts the server. */
  readonly dataDirectory: string | undefined;
  readonly store: 'embedded' | 'memory' | NatsStoreOptions;
  /** How many of the newest messages a new subscriber receives. */
  readonly maxHistoryMessages: number;
  readonly keep: Keep | undefined;
  readonly limits: ContentLimits;
  /** Gives the log a new id once, so that no client resumes from before. */
  readonly newLog?: boolean | undefined;
  /** For each user; 0: no limit. */
  readonly maxMessagesPerSecond: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxStreamsPerUser: number;
  /** Load balancers, which must send a PROXY header. */
  readonly proxies?: AddressRanges | undefined;
  readonly demoUsers: boolean;
  readonly tls: TlsOptions;
  /** Allows plaintext off loopback. */
  readonly insecure: boolean;
  /** On loopback; undefined: no metrics. */
  readonly metricsPort: number | undefined;
  readonly logger: Logger;
  /** When a silent peer counts as gone; by default after 35 s. */
  readonly keepalive?: Keepalive;
  /** How much of the newest entries an embedded log keeps in memory; by default `tailBufferLimits`. */
  readonly tailLimits?: TailBufferLimits;
  readonly clock?: Clock;
  /** By default scrypt at its full cost. */
  readonly hashing?: PasswordHashing;
};

/** A server that accepts calls. */
export type RunningServer = {
  readonly port: number;
  readonly metricsPort: number | undefined;
  /** SHA-256 of the certificate as `AB:CD:…`; undefined without TLS. */
  readonly fingerprint: string | undefined;
  /** For the operator, one sentence each. */
  readonly warnings: readonly string[];
  /** Who can log in at the start: the demo users, or so many accounts. */
  readonly users: 'demo' | number;
  /** Reads certificate and key again; if that fails, logs why and keeps the old ones. */
  reloadCertificates(): Promise<void>;
  /** Ends streams with `UNAVAILABLE`, answers calls in flight and closes the store, within 5 s. */
  stop(): Promise<void>;
};
