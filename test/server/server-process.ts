import { startServe, type ServerProcess } from '../chat-process.js';

export function portOf({ address }: Pick<ServerProcess, 'address'>): number {
  return Number(address.replace(/^.*:/, ''));
}

/** A `chat serve` with metrics. */
export type MeasuredServer = ServerProcess & {
  /** The newest value of a metric, by its name. */
  readonly metric: (name: string) => Promise<number>;
};

/** Starts `chat serve` without a rate limit and with metrics. */
export async function startMeasured(
  args: readonly string[] = [],
  options: Parameters<typeof startServe>[1] = {},
): Promise<MeasuredServer> {
  const server = await startServe(['--rate', '0', '--metrics-port', '0', ...args], options);
  const endpoint = /http:\/\/\S+\/metrics/.exec(server.stderr())?.[0];
  if (endpoint === undefined) throw new Error(`no metrics in: ${server.stderr()}`);
  return {
    ...server,
    async metric(name) {
      const text = await (await fetch(endpoint.replace('localhost', '127.0.0.1'))).text();
      const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
      if (value === undefined) throw new Error(`no ${name} in: ${text}`);
      return Number(value);
    },
  };
}
