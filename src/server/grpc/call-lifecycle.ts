import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { ChatError } from '../../shared/errors.js';
import type { Login } from '../accounts/authenticator.js';
import type { IncomingRequest } from '../limits/incoming-requests.js';
import { statusOf, withPlainText } from './grpc-status.js';
import type { InFlightCall, InFlightCalls } from './in-flight-calls.js';

type CallLifecycleOptions = {
  readonly call: ServerInterceptingCallInterface;
  readonly streams: boolean;
  readonly inFlightCalls: InFlightCalls;
  /** Called if the call is rejected before its handler runs. */
  readonly onRejected: (error: ChatError) => void;
};

/** A call from its headers to its status. A class, because a call of each message then creates no closures. */
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

  setRequest(request: IncomingRequest): void {
    this.#request = request;
    if (this.#finished) request.end();
  }

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

  /** Called when the request is complete. Returns false if the call has been rejected. */
  startHandling(): boolean {
    if (this.#login?.revoked.aborted) this.reject(this.#login.revoked.reason);
    this.#handled = this.#login !== undefined && !this.#finished;
    return !this.#finished;
  }

  /** Answers a call whose handler has not started. */
  reject(thrown: unknown): void {
    if (this.#finished) return;
    const error = ChatError.from(thrown);
    this.#options.onRejected(error);
    this.#options.call.sendStatus(withPlainText(statusOf(error)));
    this.finish();
    this.#controller?.abort(error);
  }

  /** Ends the call. If its handler has started, the aborted signal makes it answer. */
  end(reason: ChatError): void {
    this.#ended ??= reason;
    this.#controller?.abort(this.#ended);
    if (!this.#handled) this.reject(this.#ended);
  }

  /** Called when the client disconnects, and when the stream of an answered call closes. */
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
