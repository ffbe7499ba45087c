import { ChatError } from '../../../shared/errors.js';
import { maxContentBytes } from '../../../shared/message-rules.js';
import { isNatsStore, parseNatsStore } from '../../../server/nats/nats-store-options.js';
import { parseAddressRanges } from '../../../server/net/address-ranges.js';
import type { ServerOptions, TlsOptions } from '../../../server/app/server-options.js';
import { parseByteSize, parseChoice, parseDaysOrSize, parseInteger } from '../../options/option-values.js';
import { logFormats, logLevels, type ServeFlags } from './serve-flags.js';

const ownStores = ['embedded', 'memory'] as const;

/** How `chat serve` logs. Without a format: pretty on a terminal, else JSON. */
export type LogSettings = {
  readonly level: (typeof logLevels)[number];
  readonly format: (typeof logFormats)[number] | undefined;
};

/** The meaning of the options. */
export type ServeSettings = {
  readonly options: Omit<ServerOptions, 'logger'>;
  readonly log: LogSettings;
};

const maxPort = 65_535;
const million = 1_000_000;

/** Reads the options. Throws `usage` for invalid ones. Calls `defaultDataDirectory` only if it is needed. */
export function parseServeOptions(flags: ServeFlags, defaultDataDirectory: () => string): ServeSettings {
  const store = parseStore(flags.store);
  if (flags.newLog && store !== 'embedded') {
    throw new ChatError(
      'usage',
      '--new-log is for the embedded store: only a data directory can be restored',
      {
        hint: 'leave it out: a log in memory is new at every start, and so is a NATS stream that was created again',
      },
    );
  }
  if (flags.host === '') throw new ChatError('usage', '--host needs a name or an address');
  return {
    options: {
      host: withoutBrackets(flags.host),
      port: parseInteger('--port', flags.port, 0, maxPort),
      dataDirectory: flags.data ?? (needsDirectory(store, flags) ? defaultDataDirectory() : undefined),
      store,
      maxHistoryMessages: parseInteger('--history', flags.history, 0, million),
      keep: flags.keep === undefined ? undefined : parseDaysOrSize('--keep', flags.keep),
      newLog: flags.newLog,
      limits: {
        maxTextBytes: parseByteSize('--max-text', flags.maxText, maxContentBytes),
        maxImageBytes: parseByteSize('--max-image', flags.maxImage, maxContentBytes),
      },
      maxMessagesPerSecond: parseInteger('--rate', flags.rate, 0, million),
      maxConnections: parseInteger('--max-connections', flags.maxConnections, 1, million),
      maxConnectionsPerAddress: parseInteger(
        '--max-connections-per-address',
        flags.maxConnectionsPerAddress,
        1,
        million,
      ),
      maxStreamsPerUser: parseInteger('--max-streams-per-user', flags.maxStreamsPerUser, 1, million),
      proxies:
        flags.proxyProtocol === undefined
          ? undefined
          : parseAddressRanges('--proxy-protocol', flags.proxyProtocol),
      demoUsers: flags.demoUsers ?? false,
      tls: parseTls(flags),
      insecure: flags.insecure ?? false,
      metricsPort:
        flags.metricsPort === undefined
          ? undefined
          : parseInteger('--metrics-port', flags.metricsPort, 0, maxPort),
    },
    log: {
      level: parseChoice('--log-level', flags.logLevel, logLevels),
      format:
        flags.logFormat === undefined ? undefined : parseChoice('--log-format', flags.logFormat, logFormats),
    },
  };
}

function parseStore(text: string): ServerOptions['store'] {
  if (isNatsStore(text)) return parseNatsStore(text);
  const own = ownStores.find((name) => name === text);
  if (own !== undefined) return own;
  throw new ChatError('usage', `--store takes embedded, memory or nats://HOST, not "${text}"`);
}

/** With NATS the directory contains only the key of a self-signed certificate. */
function needsDirectory(store: ServerOptions['store'], { tlsSelfSigned }: ServeFlags): boolean {
  return store === 'embedded' || (typeof store === 'object' && tlsSelfSigned === true);
}

function parseTls({ tlsCert, tlsKey, tlsSelfSigned, insecure }: ServeFlags): TlsOptions {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new ChatError('usage', '--tls-cert and --tls-key go together');
  }
  const ways = [tlsCert !== undefined, tlsSelfSigned, insecure].filter(Boolean).length;
  if (ways > 1) {
    throw new ChatError(
      'usage',
      'only one of --tls-cert with --tls-key, --tls-self-signed and --insecure can be given',
    );
  }
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { kind: 'files', certificate: tlsCert, key: tlsKey };
  }
  return tlsSelfSigned ? { kind: 'self-signed' } : { kind: 'none' };
}

/** An IPv6 address may be in brackets, as before a port. */
function withoutBrackets(host: string): string {
  return /^\[(.+)\]$/.exec(host)?.[1] ?? host;
}
