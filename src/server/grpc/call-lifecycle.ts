import { ChatError } from '../../shared/errors.js';
import type { Login } from '../accounts/authenticator.js';

/** A call from its headers to its status. */
type CallLifecycle = {
  setLogin(login: Login): void;
  /** The request is complete. False: the call was refused, since its account has changed meanwhile. */
  startHandling(): boolean;
  /** Answers a call that no handler has. */
  readonly refuse: (thrown: unknown) => void;
  /** Ends the call: a handler that has it answers, since its signal aborts. */
  readonly end: (reason: ChatError) => void;
  /** The client went away. */
  cancel(): void;
  finish(): void;
  isFinished(): boolean;
  /** `task` runs once, when the call is finished. */
  onFinish(task: () => void): void;
  signal(): AbortSignal;
};

/** A call that has just begun. `onRefused` answers it where no handler does. */
export function createCallLifecycle(onRefused: (error: ChatError) => void): CallLifecycle {
  let tasks: (() => void)[] = [];
  let controller: AbortController | undefined;
  let ended: ChatError | undefined;
  let finished = false;
  let handled = false;
  let login: Login | undefined;

  const finish = (): void => {
    if (finished) return;
    finished = true;
    const now = tasks;
    tasks = [];
    for (const task of now) task();
  };
  const refuse = (thrown: unknown): void => {
    if (finished) return;
    const error = ChatError.from(thrown);
    onRefused(error);
    finish();
    controller?.abort(error);
  };
  const end = (reason: ChatError): void => {
    ended ??= reason;
    controller?.abort(ended);
    if (!handled) refuse(ended);
  };

  return {
    refuse,
    end,
    finish,
    isFinished: () => finished,
    setLogin(checked) {
      login = checked;
    },
    startHandling() {
      if (finished) return false;
      if (login?.revoked.aborted) refuse(accountChanged());
      handled = login !== undefined && !finished;
      return !finished;
    },
    cancel() {
      // Also told of every answered call when its stream closes.
      if (finished) return;
      finish();
      end(new ChatError('cancelled', 'the call was cancelled'));
    },
    onFinish(task) {
      if (finished) task();
      else tasks.push(task);
    },
    signal() {
      controller ??= new AbortController();
      if (ended) controller.abort(ended);
      return controller.signal;
    },
  };
}

/** Ends a call whose account was removed or has a new password. */
export function accountChanged(): ChatError {
  return new ChatError('login-refused', 'the account has changed');
}
