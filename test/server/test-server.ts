import { afterAll } from '@jest/globals';
import { pino } from 'pino';
import { defaultLimits } from '../../src/shared/message-rules.js';
import type { RunningServer, ServerOptions } from '../../src/server/app/server-options.js';
import { startServer } from '../../src/server/app/start-server.js';
import { withClient, type TestClient } from './test-client.js';

/** What a test server is started with unless a test says otherwise: in memory, plaintext, any free port. */
export const testOptions: ServerOptions = {
  host: 'localhost',
  port: 0,
  dataDirectory: undefined,
  store: 'memory',
  history: 200,
  keep: undefined,
  limits: defaultLimits,
  rate: 0,
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

/**
 * Starts a server in the process of the tests, for programs that only need one that runs: it costs a fraction of a
 * `chat serve`. It stops after the tests of the file.
 */
export async function startTestServer(
  options: Partial<ServerOptions> = {},
): Promise<RunningServer & { readonly address: string }> {
  const server = await startServer({ ...testOptions, ...options });
  running.push(server);
  return { ...server, address: `localhost:${server.port}` };
}

/** Runs `use` with a server of its own and a client of it. */
export async function withServerAndClient(
  options: Partial<ServerOptions>,
  use: (client: TestClient, server: RunningServer) => Promise<void>,
): Promise<void> {
  await withServer(options, (server) => withClient(server.port, (client) => use(client, server)));
}

/** Runs `use` with a server of its own and stops it afterwards. */
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
