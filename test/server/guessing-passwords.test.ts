import { status } from '@grpc/grpc-js';
import type { ClientHttp2Session } from 'node:http2';
import { expect, test } from '@jest/globals';
import { loginHeaders, openSession, sendBare } from './http2-call.js';
import { textDraft } from './test-client.js';
import { withServer } from './test-server.js';

const connections = 20;
const guessesOnEach = 10;

test('200 wrong logins from one address wait or are rejected, and delay no other user', async () => {
  await withServer({}, async ({ port }) => {
    const draft = textDraft('here');
    const cached = openSession(port);
    expect(await sendBare(cached, draft, loginHeaders('user1'))).toBe(status.OK);

    const sessions = Array.from({ length: connections }, () => openSession(port));
    const total = connections * guessesOnEach;
    const answers: (number | undefined)[] = [];
    const rejected = (): number => answers.filter((code) => code === status.RESOURCE_EXHAUSTED).length;
    // 5 are checked at once, 16 wait; the rest is rejected unchecked.
    await new Promise<void>((resolve) => {
      const guess = async (session: ClientHttp2Session, password: string): Promise<void> => {
        answers.push(await sendBare(session, draft, loginHeaders('user2', password)));
        if (rejected() >= total - 5 - 16) resolve();
      };
      sessions.forEach((session, number) => {
        for (let each = 0; each < guessesOnEach; each++) void guess(session, `guess ${number} ${each}`);
      });
    });

    // A user in the credential cache does not wait, even at the address of the guesses.
    expect(await sendBare(cached, draft, loginHeaders('user1'))).toBe(status.OK);
    // A first login from another address does not wait either.
    const elsewhere = openSession(port, '127.0.0.2');
    expect(await sendBare(elsewhere, draft, loginHeaders('user3'))).toBe(status.OK);
    // Nor does the user whose password is being guessed, from that address.
    expect(await sendBare(elsewhere, draft, loginHeaders('user2'))).toBe(status.OK);

    const checked = answers.filter((code) => code === status.UNAUTHENTICATED).length;
    const waiting = total - answers.length;
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThanOrEqual(16);
    expect(checked).toBeLessThanOrEqual(10);
    expect(checked + rejected() + waiting).toBe(total);
    for (const session of [cached, elsewhere, ...sessions]) session.destroy();
  });
});

test('waiting guesses for a throttled user do not delay another user at the same address', async () => {
  await withServer({}, async ({ port }) => {
    const draft = textDraft('here');
    for (let host = 10; host < 30; host++) {
      const guesser = openSession(port, `127.0.0.${host}`);
      expect(await sendBare(guesser, draft, loginHeaders('user2', 'guess'))).toBe(status.UNAUTHENTICATED);
      guesser.destroy();
    }
    const shared = openSession(port, '127.0.0.9');
    let answered = 0;
    for (let count = 0; count < 5; count++) {
      sendBare(shared, draft, loginHeaders('user2', `guess ${count}`)).then(
        () => answered++,
        () => undefined,
      );
    }
    expect(await sendBare(shared, draft, loginHeaders('user3'))).toBe(status.OK);
    expect(answered).toBeLessThan(5);
    shared.destroy();
  });
});
