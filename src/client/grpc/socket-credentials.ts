import type { Socket } from 'node:net';
import { CallCredentials, ChannelCredentials } from '@grpc/grpc-js';

type Connector = ReturnType<ChannelCredentials['_createSecureConnector']>;

/** Makes a connected socket ready for HTTP/2, or rejects. */
export type PrepareSocket = (socket: Socket) => Promise<Socket>;

/**
 * Credentials of our own making, since grpc-js's cannot pin a certificate in place of the checks of chain, name
 * and date, tell failures as text only, and hide a socket that waits for the other side for ever.
 */
export class SocketCredentials extends ChannelCredentials {
  readonly #isSecure: boolean;
  readonly #prepare: PrepareSocket;

  constructor(isSecure: boolean, prepare: PrepareSocket) {
    super();
    this.#isSecure = isSecure;
    this.#prepare = prepare;
  }

  override _isSecure(): boolean {
    return this.#isSecure;
  }

  override _equals(other: ChannelCredentials): boolean {
    return other === this;
  }

  override _createSecureConnector(): Connector {
    return {
      // What this rejects with, grpc-js makes the call's status; it destroys the socket.
      connect: async (socket) => ({ socket: await this.#prepare(socket), secure: this.#isSecure }),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => undefined,
    };
  }
}
