import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { watchProcess, withTimeout } from './child.js';
import type { Target } from './target.js';

/** Many subscribers in separate processes, so that their cost is not measured. */
export type Crowd = {
  /** The number of messages that they have received in total. */
  received(): Promise<number>;
  /** Resolves when they have received `total` messages since their start; rejects after the timeout. */
  untilReceived(total: number): Promise<void>;
  /** How long each message since the last call took, in milliseconds. */
  ages(): Promise<number[]>;
  leave(): Promise<void>;
};

/** The number of subscribers and their processes. */
export type CrowdOptions = {
  readonly size: number;
  /** Default: 1. */
  readonly processes?: number;
  readonly collectsAges?: boolean;
  /** The user of each subscriber, of which it gets all rooms. Default: it gets the messages of the lobby. */
  readonly userOf?: (index: number) => string;
};

/** The argument of `crowd-process.ts`, as JSON. */
export type CrowdShare = Pick<Target, 'kind' | 'port'> & {
  readonly collectsAges: boolean;
  /** One for each subscriber; null: no rooms. */
  readonly users: readonly (string | null)[];
};

const timeoutMs = 60_000;

/** Starts subscribers and waits until all of them are connected. */
export async function gather(
  { kind, port }: Pick<Target, 'kind' | 'port'>,
  options: CrowdOptions,
): Promise<Crowd> {
  const { size, processes = 1, collectsAges = false, userOf } = options;
  const children: ChildProcess[] = [];
  for (let index = 0; index < processes; index++) {
    const [first, end] = [index, index + 1].map((part) => Math.round((part * size) / processes));
    const users = Array.from(
      { length: Number(end) - Number(first) },
      (_, place) => userOf?.(Number(first) + place) ?? null,
    );
    const share: CrowdShare = { kind, port, collectsAges, users };
    children.push(
      fork(join(import.meta.dirname, 'crowd-process.ts'), [JSON.stringify(share)], {
        execArgv: ['--import', 'tsx'],
        serialization: 'advanced',
      }),
    );
  }
  const watched = children.map((child) => watchProcess('a process of subscribers', child));
  const connected = Promise.all(children.map((child) => once(child, 'message')));
  await withTimeout(() => 'not all subscribers are connected', connected, 2 * timeoutMs);

  const ask = async <Answer>(question: string): Promise<Answer[]> =>
    Promise.all(
      children.map(async (child) => {
        const answer = once(child, 'message');
        child.send(question);
        return ((await answer) as [Answer])[0];
      }),
    );
  const received = async (): Promise<number> =>
    (await ask<number>('count')).reduce((sum, count) => sum + count, 0);

  return {
    received,
    async untilReceived(total) {
      for (let waitedMs = 0; ; waitedMs += 10) {
        const count = await received();
        if (count >= total) return;
        if (waitedMs > timeoutMs) throw new Error(`${count} of ${total} messages arrived`);
        await setTimeout(10);
      }
    },
    ages: async () => (await ask<number[]>('ages')).flat(),
    async leave() {
      for (const one of watched) one.release();
      await Promise.all(
        children.map((child) => {
          const exited = once(child, 'exit');
          child.disconnect();
          return exited;
        }),
      );
    },
  };
}
