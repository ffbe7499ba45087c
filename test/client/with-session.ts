import { contentType } from '../../src/shared/message.js';
import { decodeText, encodeText } from '../../src/shared/text.js';
import { parseAddress } from '../../src/client/connection/address.js';
import { connect, type ConnectOptions } from '../../src/client/connection/grpc/grpc-connection.js';
import { createSession, type Session } from '../../src/client/session/session.js';
import { fastClock } from '../support/fast-clock.js';
import { itemAt, itemCount, type Conversation, type SessionState } from '../../src/client/session/state.js';
import { inLobby } from '../support/session-driver.js';

/** For `user1` on a port of this machine. */
export function connectOptions(port: number, changes: Partial<ConnectOptions> = {}): ConnectOptions {
  return {
    address: parseAddress(`127.0.0.1:${port}`),
    credentials: { user: 'user1', password: 'qwerty' },
    ...changes,
  };
}

/** The result of a call of `user1`: `ok` or its error. */
export async function callOutcome(options: Omit<ConnectOptions, 'credentials'>): Promise<unknown> {
  const connection = connect({ ...options, credentials: { user: 'user1', password: 'qwerty' } });
  try {
    await connection.history(0, 1, new AbortController().signal);
    return 'ok';
  } catch (error) {
    return error;
  } finally {
    connection.close();
  }
}

/** Runs `use` with a session of `user1` and stops it afterwards. */
export async function withSession(
  options: ConnectOptions,
  use: (session: Session) => Promise<void>,
): Promise<void> {
  const { user } = options.credentials;
  const session = createSession({
    connection: connect(options),
    user,
    // The shortest delay between attempts.
    random: () => 0,
    clock: fastClock(5),
  });
  try {
    await use(session);
  } finally {
    session.stop();
  }
}

/** Resolves when `isWanted` returns true. */
export function until(session: Session, isWanted: (state: Conversation) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!isWanted(inLobby(session.state))) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = session.subscribe(check);
    check();
  });
}

/** Submits a text. */
export function write(session: Session, text: string): string {
  return session.submit(contentType.text, encodeText(text));
}

/** The texts of the list, followed by `…` while sending and `!` after a failure. */
export function shown(session: SessionState): string[] {
  const state = inLobby(session);
  const marks = { sending: '…', delivered: '', failed: '!' };
  return Array.from({ length: itemCount(state) }, (_, index) => {
    const item = itemAt(state, index);
    return item ? decodeText(item.message.content) + marks[item.delivery.type] : '?';
  });
}
