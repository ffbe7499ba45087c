import type { Clock } from '../../../shared/clock.js';
import { ChatError } from '../../../shared/errors.js';
import type { Connection, Credentials } from '../../connection/port.js';
import { createSession, type Session } from '../../session/session.js';
import type { AppEvent } from '../app-event.js';

/**
 * Opens the way to a server, or to the servers of one room. `confirm` is asked about a certificate that is seen for
 * the first time, with its SHA-256 and its server as `host:port`; `onUnreadable` is told once of a server that sends
 * something that cannot be read. Rejects with a `ChatError` for what another attempt
 * would not mend: the address, the certificate.
 */
export type OpenConnection = (
  address: string,
  credentials: Credentials,
  person: {
    confirm: (fingerprint: string, server: string) => Promise<boolean>;
    /** Shows a line. */
    warn: (text: string) => void;
  },
  onUnreadable: (reason: ChatError) => void,
) => Promise<Connection>;

/** The session that the screen shows, through logins that fail and change. */
export type LoginSession = {
  readonly session: Session | undefined;
  /** Goes on with other credentials; with the same user and address the list and unsent messages stay. */
  logIn(address: string, credentials: Credentials): void;
  /** The user's answer to `trust-asked`. */
  answerTrust(trusted: boolean): void;
  stop(): void;
};

/** What a `LoginSession` works with. */
export type LoginSessionOptions = {
  readonly open: OpenConnection;
  readonly clock: Clock;
  readonly random: () => number;
  readonly dispatch: (event: AppEvent) => void;
};

/** No session yet. */
export function createLoginSession({ open, clock, random, dispatch }: LoginSessionOptions): LoginSession {
  let session: Session | undefined;
  let place = '';
  /** Only the newest attempt counts: what an older one comes to is dropped. */
  let attempt = 0;
  let answer: ((trusted: boolean) => void) | undefined;

  async function connect(address: string, credentials: Credentials): Promise<void> {
    const mine = ++attempt;
    answer?.(false);
    const confirm = (fingerprint: string, server: string) => {
      dispatch({ type: 'trust-asked', fingerprint, server });
      return new Promise<boolean>((resolve) => (answer = resolve));
    };
    try {
      const warn = (text: string) => dispatch({ type: 'told', text });
      const connection = await open(address, credentials, { confirm, warn }, ({ message }) => warn(message));
      if (mine === attempt) enter(connection, address, credentials.user);
      else connection.close();
    } catch (error) {
      if (mine === attempt) dispatch({ type: 'login-failed', reason: ChatError.from(error) });
    }
  }

  function enter(connection: Connection, address: string, user: string): void {
    const samePlace = `${user}@${address}` === place;
    place = `${user}@${address}`;
    if (session && samePlace) {
      session.replaceConnection(connection);
      return;
    }
    session?.stop();
    const entered = createSession({ connection, user, clock, random });
    session = entered;
    const tell = () => dispatch({ type: 'session-changed', session: entered.state, at: clock.monotonicMs() });
    entered.subscribe(tell);
    tell();
  }

  return {
    get session() {
      return session;
    },
    logIn(address, credentials) {
      void connect(address, credentials);
    },
    answerTrust(trusted) {
      // Who does not trust stays on the login screen: what comes of that attempt is no news.
      if (!trusted) attempt++;
      answer?.(trusted);
    },
    stop() {
      attempt++;
      session?.stop();
    },
  };
}
