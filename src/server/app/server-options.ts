import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import type { ContentLimits } from '../../shared/message-rules.js';
import type { AddressRanges } from '../net/address-ranges.js';
import type { Keepalive } from '../grpc/grpc-server.js';
import type { Keep } from '../room/message-log.js';
import type { NatsStoreOptions } from '../nats/nats-store-options.js';

/** Where the server's certificate comes from. */
export type TlsOptions =
  | { readonly kind: 'files'; readonly certificate: string; readonly key: string }
  | { readonly kind: 'self-signed' }
  /** Plaintext; off loopback this was said with `--insecure`. */
  | { readonly kind: 'none' };

/** Everything `chat serve` can be told. The command line fills in the defaults. */
export type ServerOptions = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The data directory; undefined only where the store needs none: nothing lasts then but what is in NATS. */
  readonly dataDirectory: string | undefined;
  /** Where messages and accounts are kept; in NATS they are shared by all servers that name the same stream. */
  readonly store: 'embedded' | 'memory' | NatsStoreOptions;
  /** How many of the newest messages a new subscriber gets, at most. */
  readonly history: number;
  readonly keep: Keep | undefined;
  readonly limits: ContentLimits;
  /** Gives the log on disk another identity once, so that nobody resumes in what it was before. */
  readonly newLog?: boolean | undefined;
  /** Messages per second and user; 0: no limit. */
  readonly rate: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** `messageList` streams that one account may have open at once. */
  readonly maxStreamsPerUser: number;
  /** Load balancers that say in a PROXY header where each connection comes from; absent: there are none. */
  readonly proxies?: AddressRanges | undefined;
  readonly demoUsers: boolean;
  readonly tls: TlsOptions;
  /** Waives TLS off loopback. */
  readonly insecure: boolean;
  /** Where Prometheus metrics are served, on loopback; undefined: nowhere. */
  readonly metricsPort: number | undefined;
  readonly logger: Logger;
  /** When a silent peer counts as gone; 35 s unless told otherwise. */
  readonly keepalive?: Keepalive;
  /** The machine's own unless given: tests need not wait for timeouts. */
  readonly clock?: Clock;
};

/** A server that accepts calls. */
export type RunningServer = {
  readonly port: number;
  /** Where metrics are served, if they are. */
  readonly metricsPort: number | undefined;
  /** The certificate's SHA-256 as `AB:CD:…`, where one is used. */
  readonly fingerprint: string | undefined;
  /** What the operator should know, a sentence each. */
  readonly warnings: readonly string[];
  /** Who can log in at the start: the demo users, or so many accounts. */
  readonly users: 'demo' | number;
  /** Reads certificate and key again; what is broken is logged and the old ones stay. */
  reloadCertificates(): Promise<void>;
  /** Ends streams with `UNAVAILABLE`, finishes calls in flight, closes the store; at most 5 s. */
  stop(): Promise<void>;
};
