import { defaultLimits } from '../../../shared/message-rules.js';
import { defaultPort } from '../../../shared/services.js';

/** The options of `chat serve` as given. */
export type ServeFlags = {
  readonly host: string;
  readonly port: string;
  readonly data?: string;
  readonly store: string;
  readonly history: string;
  readonly keep?: string;
  readonly newLog?: boolean;
  readonly maxText: string;
  readonly maxImage: string;
  readonly rate: string;
  readonly maxConnections: string;
  readonly maxConnectionsPerAddress: string;
  readonly maxStreamsPerUser: string;
  readonly proxyProtocol?: string;
  readonly demoUsers?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsSelfSigned?: boolean;
  readonly insecure?: boolean;
  readonly metricsPort?: string;
  readonly logLevel: string;
  readonly logFormat?: string;
  readonly debug?: boolean;
};

/** The defaults, as an operator would type them. */
export const serveDefaults = {
  host: 'localhost',
  port: String(defaultPort),
  store: 'embedded',
  history: '200',
  maxText: String(defaultLimits.maxTextBytes),
  maxImage: String(defaultLimits.maxImageBytes),
  rate: '20',
  maxConnections: '20000',
  maxConnectionsPerAddress: '200',
  maxStreamsPerUser: '500',
  logLevel: 'info',
} as const;

export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export const logFormats = ['pretty', 'json'] as const;
