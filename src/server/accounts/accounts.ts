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
  /** Aborts when the account is removed or its password changes: open streams end then. */
  readonly revoked: AbortSignal;
};

/** The port through which the server asks who may come in. */
export type Accounts = {
  /**
   * Rejects with `login-refused` (the same for an unknown user and a wrong password, in text and in time)
   * or, with too many attempts waiting, with `rate-limited`.
   */
  authenticate(credentials: Credentials): Promise<Login>;
  close(): void;
};
