import type { Logger } from 'pino';
import type { Clock } from '../../shared/clock.js';
import type { AccountNames } from './account-names.js';
import type { AccountStore } from './account-store.js';

/** The unchecked credentials of a call. */
export type Credentials = {
  readonly name: string;
  readonly password: string;
  readonly address: string;
};

/** An authenticated user. */
export type Login = {
  /** Never reused, unlike the name. */
  readonly account: string;
  readonly name: string;
  /** Aborts when the account is removed or its password changes; open streams then end with its reason. */
  readonly revoked: AbortSignal;
};

/** The port that checks credentials. */
export type Authenticator = {
  /** Rejects with `rate-limited` or, after equal time for unknown users and wrong passwords, with `login-refused`. */
  authenticate(credentials: Credentials): Login | Promise<Login>;
  /** The same object until the accounts change. */
  names(): AccountNames;
  /** Rejects the waiting attempts with `shutting-down`. */
  close(): void;
};

/** Options of `createAuthenticator`. */
export type AuthenticatorOptions = {
  readonly store: AccountStore | undefined;
  /** Whether the demo users exist until the first user is added. */
  readonly demoUsers: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
};
