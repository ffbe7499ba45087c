import { createServer } from 'node:http';
import { collectDefaultMetrics } from 'prom-client';
import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';
import type { Metrics } from './metrics.js';

type MetricsEndpoint = { readonly port: number; close(): void };

/** Serves `/metrics` for Prometheus on loopback, with Node's own figures. Throws `address-in-use`. */
export async function serveMetrics({ registry }: Metrics, port: number): Promise<MetricsEndpoint> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', (cause) =>
      reject(
        new ChatError('address-in-use', `cannot serve metrics on port ${port}: ${failureOf(cause)}`, {
          hint: 'choose another port with --metrics-port',
          cause,
        }),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  collectDefaultMetrics({ register: registry });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : port,
    close() {
      server.close();
      server.closeAllConnections();
      registry.clear();
    },
  };
}

const failureOf = (cause: unknown): string =>
  errorCode(cause) === 'EADDRINUSE' ? 'it is in use' : String(cause);
