import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { manualClock } from '../../../test/support/manual-clock.js';
import { ChatError } from '../../shared/errors.js';
import { createServerLog } from './server-log.js';

function logged() {
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'info', base: null, timestamp: false },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const clock = manualClock();
  return { log: createServerLog(logger, clock), lines, clock };
}

test('an internal failure is logged with its cause, a mistake of the caller is not logged', () => {
  const { log, lines } = logged();
  log.failed('/a/method', new ChatError('message-refused', 'the text is empty'));
  log.failed('/a/method', ChatError.from(new Error('broken')));
  expect(lines).toEqual([
    expect.objectContaining({
      level: 50,
      method: '/a/method',
      err: expect.objectContaining({ message: 'broken' }),
    }),
  ]);
});

test('a rejected login is logged with its address', () => {
  const { log, lines } = logged();
  log.refused(new ChatError('login-refused', 'no'), '192.0.2.1');
  expect(lines).toEqual([{ level: 40, address: '192.0.2.1', msg: 'a login was refused' }]);
});

test('too many connections are logged once a minute', async () => {
  const { log, lines, clock } = logged();
  for (let number = 0; number < 100; number++) log.connectionRejected('192.0.2.1');
  expect(lines).toHaveLength(1);
  await clock.advance(60_000);
  log.connectionRejected('192.0.2.1');
  expect(lines).toHaveLength(2);
});

test('connections that cannot be accepted are logged once a minute', async () => {
  const { log, lines, clock } = logged();
  for (let number = 0; number < 100; number++) log.acceptFailed(new Error('accept EMFILE'));
  expect(lines).toEqual([
    expect.objectContaining({ level: 50, err: expect.objectContaining({ message: 'accept EMFILE' }) }),
  ]);
  await clock.advance(60_000);
  log.acceptFailed(new Error('accept EMFILE'));
  expect(lines).toHaveLength(2);
});

test('a wall clock that jumps does not change the interval of log lines', async () => {
  const { log, lines, clock } = logged();
  log.connectionRejected('192.0.2.1');
  clock.jump(3_600_000);
  log.connectionRejected('192.0.2.1');
  expect(lines).toHaveLength(1);
  clock.jump(-7_200_000);
  await clock.advance(60_000);
  log.connectionRejected('192.0.2.1');
  expect(lines).toHaveLength(2);
});
