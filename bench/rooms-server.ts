/**
 * A server in a process of its own, whose logins cost nothing: with real passwords, thousands of users would take minutes.
 * Arguments: the data directory.
 */
import { setFlagsFromString } from 'node:v8';
import { pino } from 'pino';
import { scryptHashing } from '../src/server/accounts/password-hash.js';
import { startServer } from '../src/server/app/start-server.js';
import { defaultLimits } from '../src/shared/message-rules.js';

// As `chat serve` does.
setFlagsFromString('--semi-space-growth-factor=1');
const server = await startServer({
  host: 'localhost',
  port: 0,
  dataDirectory: process.argv[2],
  store: 'embedded',
  maxHistoryMessages: 200,
  keep: undefined,
  limits: defaultLimits,
  maxMessagesPerSecond: 0,
  maxConnections: 100_000,
  maxConnectionsPerAddress: 100_000,
  maxStreamsPerUser: 100_000,
  demoUsers: false,
  tls: { kind: 'none' },
  insecure: false,
  metricsPort: undefined,
  logger: pino({ level: 'error' }),
  hashing: scryptHashing({ logN: 1, r: 1, p: 1 }),
});
process.on('disconnect', () => void server.stop().then(() => process.exit()));
process.send?.(server.port);
