import { describe, expect, test } from '@jest/globals';
import { manualClock } from '../../../test/support/manual-clock.js';
import type { Opened, PostAnswer } from '../../client/connection/port.js';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { inLine } from './deliver.js';
import { deliverAll, type Line, type ManyConnection } from './deliver-all.js';

const lineOf = (line: number): Line => ({
  line,
  draft: { id: String(line), timestamp: 1, type: 1, content: new Uint8Array([65]) },
});
const opened: Opened = {
  ...{ type: 'opened', logId: 'log-1', head: 0, resumed: false },
  ...{ maxTextBytes: 10, maxImageBytes: 10 },
};

/** What a call of `postAll` does with each draft in turn; the last one repeats. */
type Answer = number | 'silent' | 'unconnected' | 'ends' | ChatError | { readonly rejection: ChatError };

/** A message that was sent: `stream` by `postAll`, `alone` by `send`. */
type SentBy = readonly [how: 'stream' | 'alone', id: string];

type Script = {
  /** The answers of each call of `postAll`; undefined: the connection has no `postAll`. */
  readonly calls?: readonly (readonly Answer[])[] | undefined;
  /** For messages sent by themselves; the last one repeats. */
  readonly alone?: readonly (number | ErrorCode)[];
  readonly timeoutMs?: number;
};

/** Resolves when the signal aborts. */
const hang = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

/** Delivers lines to a scripted server. */
function start({ calls, alone = [100], timeoutMs = 10_000 }: Script) {
  const clock = manualClock();
  const records: SentBy[] = [];
  const sent: number[] = [];
  const retries: string[] = [];
  const stop = new AbortController();
  let callCount = 0;
  let aloneCount = 0;
  const connection: ManyConnection = {
    logId: 'log-1',
    send(draft) {
      records.push(['alone', draft.id]);
      const outcome = alone[Math.min(aloneCount++, alone.length - 1)] ?? 'internal';
      if (typeof outcome === 'number') return Promise.resolve({ sequence: outcome });
      return Promise.reject(new ChatError(outcome, 'no'));
    },
    async *subscribe() {
      yield await Promise.resolve(opened);
    },
    ...(calls && {
      async *postAll(drafts, signal): AsyncGenerator<PostAnswer, void, void> {
        const script = calls[Math.min(callCount++, calls.length - 1)] ?? [];
        let index = 0;
        for await (const { id } of drafts) {
          records.push(['stream', id]);
          const answer = script[Math.min(index++, script.length - 1)];
          if (answer === undefined || answer === 'ends') return;
          if (answer === 'silent' || answer === 'unconnected') await hang(signal);
          if (answer === 'unconnected') throw new ChatError('cancelled', 'cancelled');
          if (answer === 'silent') return;
          if (answer instanceof ChatError) throw answer;
          if (typeof answer === 'number') yield { sequence: answer };
          else yield { sequence: undefined, ...answer };
        }
      },
    }),
  };
  const deliver = (lines: AsyncIterable<Line> | Iterable<Line>): Promise<void> =>
    deliverAll(toAsync(lines), {
      connection,
      clock,
      timeoutMs,
      signal: stop.signal,
      onRetry: (reason) => retries.push(reason),
      onSent: ({ line }) => sent.push(line),
      describe: ({ line }, thrown) => inLine(line, thrown),
    });
  return { clock, connection, records, sent, retries, stop, deliver };
}

async function* toAsync(lines: AsyncIterable<Line> | Iterable<Line>): AsyncGenerator<Line, void, void> {
  yield* lines;
}

/** Two lines; the second one comes when `next` is called. */
function pausedInput() {
  let next = (): void => undefined;
  async function* lines(): AsyncGenerator<Line, void, void> {
    yield lineOf(1);
    await new Promise<void>((resolve) => (next = resolve));
    yield lineOf(2);
  }
  return { lines, next: () => next() };
}

const lines = (count: number): Line[] => Array.from({ length: count }, (_, index) => lineOf(index + 1));
const limited = (retryAfterMs: number) => new ChatError('rate-limited', 'slow down', { retryAfterMs });
const lost = new ChatError('may-not-have-arrived', 'the connection broke');
/** The failure of a delivery, so that it can be awaited after the clock has advanced. */
const failureOf = (delivery: Promise<void>): Promise<unknown> =>
  delivery.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

describe('deliverAll', () => {
  test('sends the lines in their order in one call, and reports each', async () => {
    const server = start({ calls: [[1]] });
    await server.deliver(lines(3));
    expect(server.records).toEqual(['1', '2', '3'].map((id) => ['stream', id]));
    expect(server.sent).toEqual([1, 2, 3]);
    expect(server.clock.pending()).toBe(0);
  });

  test('has at most 256 lines in flight, and sends another after each answer', async () => {
    const server = start({ calls: [[]] });
    let answer = (): void => undefined;
    let taken = 0;
    server.connection.postAll = async function* (drafts) {
      const reading = (async () => {
        for await (const { id } of drafts) taken = Number(id);
      })();
      for (let line = 1; line <= 300; line++) {
        if (line <= 2) await new Promise<void>((resolve) => (answer = resolve));
        yield { sequence: line };
      }
      await reading;
    };
    const delivery = server.deliver(lines(300));
    await server.clock.advance(0);
    expect(taken).toBe(256);
    answer();
    await server.clock.advance(0);
    expect(taken).toBe(257);
    answer();
    await delivery;
    expect(server.sent).toHaveLength(300);
  });

  test('opens another call for a line that comes after a pause', async () => {
    const server = start({ calls: [[1]] });
    const input = pausedInput();
    const delivery = server.deliver(input.lines());
    await server.clock.advance(60_000);
    expect(server.sent).toEqual([1]);
    input.next();
    await delivery;
    expect(server.sent).toEqual([1, 2]);
  });

  test('waits as long as a rate limit asks, then sends one line and more with each answer', async () => {
    const server = start({ calls: [[1, { rejection: limited(3000) }], [1]] });
    const delivery = server.deliver(lines(4));
    await server.clock.advance(2999);
    expect(server.sent).toEqual([1]);
    await server.clock.advance(1);
    await delivery;
    expect(server.records).toContainEqual(['alone', '2']);
    expect(server.sent).toEqual([1, 2, 3, 4]);
    expect(server.retries).toEqual(['slow down']);
  });

  test('fails at once if a rate limit asks for more than the time limit', async () => {
    const server = start({ calls: [[{ rejection: limited(10_000) }]] });
    await expect(server.deliver(lines(2))).rejects.toMatchObject({ message: 'line 1: slow down' });
    expect(server.retries).toEqual([]);
  });

  test('names the rejected line, and sends none again', async () => {
    const refused = new ChatError('message-refused', 'too long');
    const server = start({ calls: [[1, { rejection: refused }]] });
    await expect(server.deliver(lines(3))).rejects.toMatchObject({
      code: 'message-refused',
      message: 'line 2: too long',
    });
    expect(server.sent).toEqual([1]);
    expect(server.records).not.toContainEqual(['alone', '2']);
  });

  test.each<[Answer, ErrorCode, string]>([
    ['silent', 'may-not-have-arrived', 'no answer within 10 s: the message may not have arrived'],
    ['unconnected', 'timed-out', 'no server answered within 10 s: the message was not sent'],
  ])('fails if the oldest line is %s for the time limit', async (answer, code, text) => {
    const server = start({ calls: [[1, answer]] });
    const failure = failureOf(server.deliver(lines(2)));
    await server.clock.advance(10_000);
    expect(await failure).toMatchObject({ code, message: `line 2: ${text}` });
    expect(server.records.filter(([, id]) => id === '2')).toHaveLength(1);
  });

  test('gives a line that comes after a pause a time limit of its own', async () => {
    const server = start({ calls: [[1, 'silent']], timeoutMs: 500 });
    const input = pausedInput();
    const failure = failureOf(server.deliver(input.lines()));
    // Longer than the time limit, but not so long that the call ends.
    await server.clock.advance(800);
    input.next();
    await server.clock.advance(499);
    expect(server.clock.pending()).toBe(1);
    await server.clock.advance(1);
    expect(await failure).toMatchObject({
      message: expect.stringContaining('line 2: no answer within 0.5 s'),
    });
  });

  test.each<[string, Answer]>([
    ['breaks', lost],
    ['the server ends', 'ends'],
  ])('delivers the oldest line alone after a call that %s, then the others', async (_, answer) => {
    const server = start({ calls: [[1, answer], [1]] });
    await server.deliver(lines(4));
    expect(server.records.slice(2)).toEqual([
      ['alone', '2'],
      ['stream', '3'],
      ['stream', '4'],
    ]);
    expect(server.sent).toEqual([1, 2, 3, 4]);
  });

  test('counts the wait in the broken call for the time limit of the line', async () => {
    const server = start({ calls: [[]], alone: ['unreachable'] });
    server.connection.postAll = async function* (drafts) {
      for await (const { id } of drafts) {
        await new Promise<void>((resolve) => server.clock.after(8000, resolve));
        if (id !== '') throw lost;
        yield { sequence: 1 };
      }
    };
    const failure = failureOf(server.deliver(lines(1)));
    let failed: unknown;
    void failure.then((thrown) => (failed = thrown));
    // 8 s for the broken call, 2 s for the attempts after it.
    await server.clock.advance(10_000);
    expect(failed).toMatchObject({ code: 'may-not-have-arrived', message: 'line 1: the connection broke' });
    expect(server.records.length).toBeGreaterThan(1);
  });

  test('sends a line again only to the log that may contain it', async () => {
    const server = start({ calls: [[lost]] });
    Object.assign(server.connection, { logId: 'log-2' });
    await expect(server.deliver(lines(1))).rejects.toMatchObject({ code: 'may-not-have-arrived' });
    expect(server.records).toEqual([['stream', '1']]);
  });

  test.each([
    ['does not know the call', [[new ChatError('unsupported', 'no such call')]]],
    ['has no such call', undefined],
  ])('sends one line after the other to a server that %s', async (_, calls) => {
    const server = start({ calls });
    await server.deliver(lines(3));
    const alone = server.records.filter(([how]) => how === 'alone');
    expect(alone.map(([, id]) => id)).toEqual(['1', '2', '3']);
    expect(server.records.length - alone.length).toBeLessThanOrEqual(1);
    expect(server.sent).toEqual([1, 2, 3]);
  });

  test('reports a failure of the input after the answers to the lines before', async () => {
    const server = start({ calls: [[1]] });
    const input = (async function* () {
      yield* toAsync(lines(2));
      throw new ChatError('message-refused', 'line 3: the text is not UTF-8');
    })();
    await expect(server.deliver(input)).rejects.toMatchObject({ message: 'line 3: the text is not UTF-8' });
    expect(server.sent).toEqual([1, 2]);
  });

  test('continues after a call that breaks when all its lines are answered', async () => {
    const server = start({ calls: [[]] });
    server.connection.postAll = async function* (drafts) {
      for await (const { id } of drafts) yield { sequence: Number(id) };
      throw lost;
    };
    await server.deliver(lines(2));
    expect(server.sent).toEqual([1, 2]);
  });

  test('ends when it is cancelled: the line in flight may have arrived', async () => {
    const server = start({ calls: [['silent']] });
    const failure = failureOf(server.deliver(lines(1)));
    await server.clock.advance(0);
    server.stop.abort();
    expect(await failure).toMatchObject({
      code: 'may-not-have-arrived',
      message: 'line 1: cancelled: the message may not have arrived',
    });
    expect(server.clock.pending()).toBe(0);
  });
});
