import { describe, expect, test } from '@jest/globals';
import type { Connection, Opened } from '../../client/connection/port.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError, type ErrorCode } from '../../shared/errors.js';
import { deliver } from './deliver.js';

const draft = { id: '01', timestamp: 1, type: 1, content: new Uint8Array([65]) };

/** A clock that jumps to the next task as soon as nothing else runs. */
function jumpingClock(wallOffset: () => number): Clock {
  let time = 0;
  let tasks: { at: number; task: () => void }[] = [];
  const jump = () => {
    const next = tasks.reduce((a, b) => (b.at < a.at ? b : a), { at: Infinity, task: () => undefined });
    tasks = tasks.filter((task) => task !== next);
    if (next.at === Infinity) return;
    time = next.at;
    next.task();
    if (tasks.length > 0) setImmediate(jump);
  };
  return {
    now: () => time + wallOffset(),
    monotonicMs: () => time,
    after(milliseconds, task) {
      const entry = { at: time + milliseconds, task };
      tasks.push(entry);
      setImmediate(() => {
        if (tasks.includes(entry)) jump();
      });
      return () => {
        tasks = tasks.filter((other) => other !== entry);
      };
    },
  };
}

/** `hangs-after-leaving`: no answer comes; `hangs-before-leaving`: no connection comes. */
type Outcome = number | ErrorCode | ChatError | 'hangs-after-leaving' | 'hangs-before-leaving';

/** Rejects on abort, with the code of a connection. */
function hang(outcome: 'hangs-after-leaving' | 'hangs-before-leaving', signal: AbortSignal): Promise<never> {
  const code = outcome === 'hangs-after-leaving' ? 'may-not-have-arrived' : 'cancelled';
  return new Promise((_, reject) => {
    const abort = (): void => reject(new ChatError(code, 'aborted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  });
}

/** A server that answers each send with the next outcome (repeating the last one) and records the ids. */
function scripted(outcomes: readonly Outcome[], logId?: string, triedIn?: string) {
  const ids: string[] = [];
  const wall = { offset: 0, jump: 0 };
  const opened: Opened = {
    type: 'opened',
    logId,
    head: 0,
    resumed: false,
    maxTextBytes: 10,
    maxImageBytes: 10,
  };
  const connection: Pick<Connection, 'send' | 'subscribe' | 'logId'> = {
    logId: triedIn,
    send(sent, signal) {
      wall.offset += wall.jump;
      const outcome = outcomes[Math.min(ids.push(sent.id), outcomes.length) - 1];
      if (outcome === 'hangs-after-leaving' || outcome === 'hangs-before-leaving')
        return hang(outcome, signal);
      if (typeof outcome === 'number') return Promise.resolve({ sequence: outcome });
      return Promise.reject(
        outcome instanceof ChatError ? outcome : new ChatError(outcome ?? 'internal', 'no'),
      );
    },
    async *subscribe() {
      yield await Promise.resolve(opened);
    },
  };
  const retries: string[] = [];
  const deliverIt = (timeoutMs = 10_000, transferMs = 0) =>
    deliver(draft, {
      connection,
      clock: jumpingClock(() => wall.offset),
      timeoutMs,
      transferMs,
      signal: new AbortController().signal,
      onRetry: (reason) => retries.push(reason),
    });
  return { ids, retries, wall, connection, deliver: deliverIt };
}

const limited = (retryAfterMs?: number) =>
  new ChatError('rate-limited', 'slow down', retryAfterMs === undefined ? {} : { retryAfterMs });

describe('deliver', () => {
  test('retries until the server can be reached', async () => {
    const server = scripted(['unreachable', 'shutting-down', 7]);
    expect(await server.deliver()).toEqual({ sequence: 7 });
    expect(server.retries).toEqual(['no', 'no']);
  });

  test('fails after the time limit with the last reason', async () => {
    await expect(scripted(['unreachable']).deliver()).rejects.toMatchObject({ code: 'unreachable' });
    await expect(scripted(['store-unavailable']).deliver()).rejects.toMatchObject({
      code: 'store-unavailable',
    });
  });

  test('waits as long as the server asks within the time limit', async () => {
    expect(await scripted([limited(3000), 1]).deliver(10_000)).toEqual({ sequence: 1 });
    await expect(scripted([limited(3000), 1]).deliver(1000)).rejects.toMatchObject({ code: 'rate-limited' });
    await expect(scripted([limited(), 1]).deliver()).rejects.toMatchObject({ code: 'rate-limited' });
  });

  test('repeats a message without an answer under the same id on a server that recognises repeats', async () => {
    const server = scripted(['may-not-have-arrived', 'unreachable', 4], 'log-1');
    expect(await server.deliver()).toEqual({ sequence: 4 });
    expect(server.ids).toEqual(['01', '01', '01']);
  });

  test('repeats it through another server of the same log, never in another log', async () => {
    expect(await scripted(['may-not-have-arrived', 4], 'log-1', 'log-1').deliver()).toEqual({ sequence: 4 });
    const other = scripted(['may-not-have-arrived', 4], 'log-2', 'log-1');
    await expect(other.deliver()).rejects.toMatchObject({ code: 'may-not-have-arrived' });
    expect(other.ids).toEqual(['01']);
  });

  test('never repeats it on a server without a log id', async () => {
    const server = scripted(['may-not-have-arrived', 4]);
    await expect(server.deliver()).rejects.toMatchObject({ code: 'may-not-have-arrived' });
    expect(server.ids).toEqual(['01']);
  });

  test('does not repeat it after a day by the wall clock, since the machine may have slept', async () => {
    const server = scripted(['may-not-have-arrived', 4], 'log-1');
    server.wall.jump = 24 * 60 * 60 * 1000;
    await expect(server.deliver()).rejects.toMatchObject({ code: 'may-not-have-arrived' });
    expect(server.ids).toEqual(['01']);
  });

  test.each([-3_600_000, 3_600_000])(
    'has the same time limit if the wall clock jumps by %d ms',
    async (jump) => {
      const server = scripted(['unreachable', limited(3000), 7]);
      server.wall.jump = jump;
      expect(await server.deliver()).toEqual({ sequence: 7 });
      const hopeless = scripted(['unreachable']);
      hopeless.wall.jump = jump;
      await expect(hopeless.deliver()).rejects.toMatchObject({ code: 'unreachable' });
      expect(hopeless.ids).toHaveLength(9);
    },
  );

  test('reports that the message may have arrived if the server is lost after the first attempt', async () => {
    const server = scripted(['may-not-have-arrived', 'unreachable'], 'log-1');
    await expect(server.deliver()).rejects.toMatchObject({ code: 'may-not-have-arrived' });
  });

  test.each<Outcome>([limited(500), 'unreachable', 'shutting-down'])(
    'reports that the message may have arrived if the time limit ends during a call, after %s',
    async (earlier) => {
      await expect(scripted([earlier, 'hangs-after-leaving']).deliver()).rejects.toMatchObject({
        code: 'may-not-have-arrived',
        message: 'no answer within 10 s: the message may not have arrived',
      });
    },
  );

  test('reports the earlier failure if the time limit ends before the message was sent', async () => {
    await expect(scripted([limited(500), 'hangs-before-leaving']).deliver()).rejects.toMatchObject({
      code: 'rate-limited',
    });
    await expect(scripted(['hangs-before-leaving']).deliver()).rejects.toMatchObject({ code: 'timed-out' });
  });

  test.each<ErrorCode>(['rate-limited', 'login-refused', 'internal', 'certificate-untrusted'])(
    'reports a lost answer rather than a later %s',
    async (code) => {
      await expect(scripted(['may-not-have-arrived', code], 'log-1').deliver()).rejects.toMatchObject({
        code: 'may-not-have-arrived',
      });
    },
  );

  test('reports a later rejection rather than the lost answer', async () => {
    const server = scripted(['may-not-have-arrived', 'message-refused'], 'log-1');
    await expect(server.deliver()).rejects.toMatchObject({ code: 'message-refused' });
  });

  test.each<ErrorCode>([
    'login-refused',
    'message-refused',
    'message-too-large',
    'certificate-untrusted',
    'internal',
  ])('does not retry after %s', async (code) => {
    const server = scripted([code, 1], 'log-1');
    await expect(server.deliver()).rejects.toMatchObject({ code });
    expect(server.ids).toHaveLength(1);
  });
});

describe('deliver with a large message', () => {
  /** A server that answers after `answerMs`, unless the call is cancelled before. */
  const deliverTo = (answerMs: number, transferMs: number) => {
    const clock = jumpingClock(() => 0);
    const connection: Pick<Connection, 'send' | 'subscribe' | 'logId'> = {
      logId: undefined,
      send: (_, signal) =>
        new Promise((resolve, reject) => {
          clock.after(answerMs, () => resolve({ sequence: 1 }));
          // As a connection rejects once a message was sent.
          signal.addEventListener('abort', () => reject(new ChatError('may-not-have-arrived', 'cancelled')));
        }),
      subscribe: scripted([]).connection.subscribe,
    };
    const signal = new AbortController().signal;
    return deliver(draft, {
      connection,
      clock,
      timeoutMs: 1000,
      transferMs,
      signal,
      onRetry: () => undefined,
    });
  };

  test('allows an attempt in progress the time for its bytes', async () => {
    expect(await deliverTo(2000, 5000)).toEqual({ sequence: 1 });
    await expect(deliverTo(2000, 0)).rejects.toMatchObject({ code: 'may-not-have-arrived' });
    await expect(deliverTo(7000, 5000)).rejects.toThrow('no answer within 6 s');
  });

  test('starts no attempt after the time limit of a small message', async () => {
    const server = scripted(['unreachable']);
    await expect(server.deliver(1000, 60_000)).rejects.toMatchObject({ code: 'unreachable' });
    expect(server.ids.length).toBeLessThan(6);
  });
});
