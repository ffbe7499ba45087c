import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { ChatError } from '../../shared/errors.js';
import type { Login } from '../accounts/authenticator.js';
import type { IncomingRequest } from '../limits/incoming-requests.js';
import { statusOf, withPlainText } from './grpc-status.js';
import type { InFlightCall, InFlightCalls } from './in-flight-calls.js';

/** What a call's lifecycle works with. */
export type CallLifecycleOptions = {
  readonly call: ServerInterceptingCallInterface;
  /** Whether it answers with a stream. */
  readonly streams: boolean;
  readonly inFlightCalls: InFlightCalls;
  /** Called when the call is refused before its handler has it. */
  readonly onRefused: (error: ChatError) => void;
};

/** A call from its headers to its status. A class, since every message passes here. */
export class CallLifecycle implements InFlightCall {
  readonly #options: CallLifecycleOptions;
  #tasks: (() => void)[] | undefined;
  #controller: AbortController | undefined;
  #ended: ChatError | undefined;
  #finished = false;
  #handled = false;
  #login: Login | undefined;
  #request: IncomingRequest | undefined;

  constructor(options: CallLifecycleOptions) {
    this.#options = options;
    options.inFlightCalls.add(this);
  }

  get streams(): boolean {
    return this.#options.streams;
  }

  isFinished(): boolean {
    return this.#finished;
  }

  setLogin(login: Login): void {
    this.#login = login;
  }

  /** The request ends with the call. */
  setRequest(request: IncomingRequest): void {
    this.#request = request;
    if (this.#finished) request.end();
  }

  /** `task` runs once, when the call is finished. */
  onFinish(task: () => void): void {
    if (this.#finished) task();
    else (this.#tasks ??= []).push(task);
  }

  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#options.inFlightCalls.delete(this);
    this.#request?.end();
    for (const task of this.#tasks ?? []) task();
  }

  /** The request is complete. False: the call was refused, since its account has changed meanwhile. */
  startHandling(): boolean {
    if (this.#login?.revoked.aborted) this.refuse(this.#login.revoked.reason);
    this.#handled = this.#login !== undefined && !this.#finished;
    return !this.#finished;
  }

  /** Answers a call that no handler has. */
  refuse(thrown: unknown): void {
    if (this.#finished) return;
    const error = ChatError.from(thrown);
    this.#options.onRefused(error);
    this.#options.call.sendStatus(withPlainText(statusOf(error)));
    this.finish();
    this.#controller?.abort(error);
  }

  /** Ends the call: a handler that has it answers, since its signal aborts. */
  end(reason: ChatError): void {
    this.#ended ??= reason;
    this.#controller?.abort(this.#ended);
    if (!this.#handled) this.refuse(this.#ended);
  }

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
