import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import type { Connection, Credentials } from '../connection/port.js';
import type { IsMention } from '../session/effects.js';
import { createSession, type Session } from '../session/session.js';
import type { AppEvent } from './state/app-event.js';

/**
 * Connects to a server, or to the servers of one room. `confirm` asks the user about an unknown certificate, with its
 * SHA-256 and its server as `host:port`. `onUnreadable` is called once for each server that sends malformed data.
 * Rejects with a `ChatError` if another attempt cannot help.
 */
export type OpenConnection = (
  address: string,
  credentials: Credentials,
  person: {
    confirm: (fingerprint: string, server: string) => Promise<boolean>;
    warn: (text: string) => void;
  },
  onUnreadable: (reason: ChatError) => void,
) => Promise<Connection>;

/** Owns the session of the screen across failed and repeated logins. */
export type SessionHolder = {
  readonly session: Session | undefined;
  /** Connects again. With the same user and address, timeline and outbox are kept. */
  logIn(address: string, credentials: Credentials): void;
  answerTrust(trusted: boolean): void;
  /** Ends the attempt. The session, if there is one, makes no further attempt; timeline and outbox stay. */
  stopLogin(): void;
  stop(): void;
};

/** The ports of a session holder. */
export type SessionHolderOptions = {
  readonly open: OpenConnection;
  readonly clock: Clock;
  readonly random: () => number;
  readonly dispatch: (event: AppEvent) => void;
  readonly isMention: IsMention;
};

/** Starts without a session. */
export function createSessionHolder(options: SessionHolderOptions): SessionHolder {
  const { open, clock, random, dispatch, isMention } = options;
  let session: Session | undefined;
  let account = '';
  /** Results of earlier attempts are dropped. */
  let attempt = 0;
  let answer: ((trusted: boolean) => void) | undefined;

  async function connect(address: string, credentials: Credentials): Promise<void> {
    const mine = ++attempt;
    answer?.(false);
    const confirm = (fingerprint: string, server: string) => {
      if (mine !== attempt) return Promise.resolve(false);
      dispatch({ type: 'trust-asked', fingerprint, server });
      return new Promise<boolean>((resolve) => (answer = resolve));
    };
    try {
      const warn = (text: string) => {
        if (mine === attempt) dispatch({ type: 'notice', text, tone: 'warning' });
      };
      const connection = await open(address, credentials, { confirm, warn }, ({ message }) => warn(message));
      if (mine === attempt) enter(connection, address, credentials.user);
      else connection.close();
    } catch (error) {
      if (mine === attempt) dispatch({ type: 'login-failed', reason: ChatError.from(error) });
    }
  }

  function enter(connection: Connection, address: string, user: string): void {
    const isSameAccount = `${user}@${address}` === account;
    account = `${user}@${address}`;
    if (session && isSameAccount) {
      session.replaceConnection(connection);
      return;
    }
    session?.stop();
    const entered = createSession({ connection, user, clock, random, isMention });
    session = entered;
    const report = () =>
      dispatch({ type: 'session-changed', session: entered.state, at: clock.monotonicMs() });
    entered.subscribe(report);
    report();
  }

  return {
    get session() {
      return session;
    },
    logIn(address, credentials) {
      void connect(address, credentials);
    },
    answerTrust(trusted) {
      // The attempt fails because of the answer, which the login screen already shows.
      if (!trusted) attempt++;
      answer?.(trusted);
    },
    stopLogin() {
      attempt++;
      answer?.(false);
      session?.dispatch({ type: 'disconnect' });
    },
    stop() {
      attempt++;
      session?.stop();
    },
  };
}
