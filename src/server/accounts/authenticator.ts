import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import type { AccountStore } from './account-store.js';

/** Who is calling, as the metadata of the call says, and from where. Nothing in it has been checked. */
export type Credentials = {
  readonly name: string;
  readonly password: string;
  /** The caller's IP address, for throttling. */
  readonly address: string;
};

/** A checked caller. */
export type Login = {
  /** The account's name as it was added, whatever case the caller wrote. */
  readonly name: string;
  /** Aborts when the account is removed or its password changes: open streams end then, with its reason. */
  readonly revoked: AbortSignal;
};

/** The port through which the server asks who may come in. */
export type Authenticator = {
  /**
   * Answers without a promise where the pair was checked a short while ago, so that it costs little on every
   * call. Rejects with `login-refused` (the same for an unknown user and a wrong password, in text and in
   * time) or, with too many attempts waiting, with `rate-limited`.
   */
  authenticate(credentials: Credentials): Login | Promise<Login>;
  /** Stops watching for changes; attempts that wait are refused with `shutting-down`. */
  close(): void;
};

/** What `createAuthenticator` (create-authenticator.ts) makes the port from. */
export type AuthenticatorOptions = {
  /** Where the accounts are kept; undefined: nowhere, so only the demo users can exist. */
  readonly store: AccountStore | undefined;
  /** Whether the demo users may exist at all; they vanish for good when the first user is added. */
  readonly demoUsers: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
};
