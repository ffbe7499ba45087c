import { ChatError } from '../../shared/errors.js';
import type { Login } from '../accounts/authenticator.js';

/** A call from its headers to its status. A class, since every message passes here. */
export class CallLifecycle {
  readonly #onRefused: (error: ChatError) => void;
  #tasks: (() => void)[] = [];
  #controller: AbortController | undefined;
  #ended: ChatError | undefined;
  #finished = false;
  #handled = false;
  #login: Login | undefined;

  constructor(onRefused: (error: ChatError) => void) {
    this.#onRefused = onRefused;
  }

  isFinished(): boolean {
    return this.#finished;
  }

  setLogin(login: Login): void {
    this.#login = login;
  }

  /** `task` runs once, when the call is finished. */
  onFinish(task: () => void): void {
    if (this.#finished) task();
    else this.#tasks.push(task);
  }

  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task();
  }

  /** The request is complete. False: the call was refused, since its account has changed meanwhile. */
  startHandling(): boolean {
    if (this.#login?.revoked.aborted) this.refuse(accountChanged());
    this.#handled = this.#login !== undefined && !this.#finished;
    return !this.#finished;
  }

  /** Answers a call that no handler has. */
  readonly refuse = (thrown: unknown): void => {
    if (this.#finished) return;
    const error = ChatError.from(thrown);
    this.#onRefused(error);
    this.finish();
    this.#controller?.abort(error);
  };

  /** Ends the call: a handler that has it answers, since its signal aborts. */
  readonly end = (reason: ChatError): void => {
    this.#ended ??= reason;
    this.#controller?.abort(this.#ended);
    if (!this.#handled) this.refuse(this.#ended);
  };

  /** The client went away. Also called for every answered call when its stream closes. */
  cancel(): void {
    if (this.#finished) return;
    this.finish();
    this.end(new ChatError('cancelled', 'the call was cancelled'));
  }

  signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#ended) this.#controller.abort(this.#ended);
    return this.#controller.signal;
  }
}

/** Ends a call whose account was removed or has a new password. */
export function accountChanged(): ChatError {
  return new ChatError('login-refused', 'the account has changed');
}
