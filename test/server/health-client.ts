import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';

export function healthMethod(name: 'check' | 'watch') {
  const method = Object.values(healthService).find(({ path }) => path.toLowerCase().endsWith(`/${name}`));
  if (!method) throw new Error(`no ${name}`);
  return method;
}

/** `SERVING`, `NOT_SERVING` or `SERVICE_UNKNOWN`. */
export function statusIn(response: object | undefined): string {
  return response && 'status' in response ? String(response.status) : '';
}

/** Runs `use` with a client that has no login. */
export async function withBareClient<Result>(
  port: number,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** The health of a service, or the name of the gRPC status of the failed call. */
export function check(client: Client, service: string): Promise<string> {
  const { path, requestSerialize, responseDeserialize } = healthMethod('check');
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service },
      new Metadata(),
      (error, response) => resolve(error ? status[error.code] : statusIn(response)),
    );
  });
}
