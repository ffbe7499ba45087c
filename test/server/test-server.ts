import { afterAll } from '@jest/globals';
import { pino } from 'pino';
import { defaultLimits } from '../../src/shared/message-rules.js';
import type { RunningServer, ServerOptions } from '../../src/server/app/server-options.js';
import { startServer } from '../../src/server/app/start-server.js';
import { withClient, type TestClient } from './test-client.js';

/** The default options of a test server: in memory, plaintext, any free port. */
export const testOptions: ServerOptions = {
  host: 'localhost',
  port: 0,
  dataDirectory: undefined,
  store: 'memory',
  maxHistoryMessages: 200,
  keep: undefined,
  limits: defaultLimits,
  maxMessagesPerSecond: 0,
  maxConnections: 1000,
  maxConnectionsPerAddress: 200,
  maxStreamsPerUser: 1000,
  demoUsers: false,
  tls: { kind: 'none' },
  insecure: false,
  metricsPort: undefined,
  logger: pino({ level: 'silent' }),
};

const running: RunningServer[] = [];

afterAll(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

/** Starts a server in this process, which costs a fraction of `chat serve`; it stops after the tests of the file. */
export async function startTestServer(
  options: Partial<ServerOptions> = {},
): Promise<RunningServer & { readonly address: string }> {
  const server = await startServer({ ...testOptions, ...options });
  running.push(server);
  return { ...server, address: `localhost:${server.port}` };
}

export async function withServerAndClient(
  options: Partial<ServerOptions>,
  use: (client: TestClient, server: RunningServer) => Promise<void>,
): Promise<void> {
  await withServer(options, (server) => withClient(server.port, (client) => use(client, server)));
}

export async function withServer(
  options: Partial<ServerOptions>,
  use: (server: RunningServer) => Promise<void>,
): Promise<void> {
  const server = await startServer({ ...testOptions, ...options });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}
