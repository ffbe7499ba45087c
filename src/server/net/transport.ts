import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { ServerCertificate } from '../tls/certificate.js';

/** What is done with an accepted connection before gRPC gets it. */
export type Transport = {
  accept(socket: Socket): void;
  /** New connections get the new certificate; the others keep what they have. Plaintext: nothing. */
  replaceCertificate(certificate: ServerCertificate): void;
};

/** A client that has not finished its TLS handshake after this many milliseconds is closed. */
const handshakeTimeout = 10_000;

export function plaintextTransport(onConnection: (socket: Socket) => void): Transport {
  return { accept: onConnection, replaceCertificate: () => undefined };
}

/**
 * Hands connections on after their TLS handshake. Node's own TLS server takes the sockets, since it can
 * replace its certificate while it runs; grpc-js speaks HTTP/2 on what comes out.
 */
export function tlsTransport(
  certificate: ServerCertificate,
  onConnection: (socket: Socket) => void,
): Transport {
  const server = createServer(
    { ...pemOf(certificate), ALPNProtocols: ['h2'], minVersion: 'TLSv1.2', handshakeTimeout },
    (socket) => {
      socket.on('error', () => undefined);
      onConnection(socket);
    },
  );
  return {
    accept: (socket) => void server.emit('connection', socket),
    replaceCertificate: (newer) => server.setSecureContext({ ...pemOf(newer), minVersion: 'TLSv1.2' }),
  };
}

function pemOf({ certificate, key }: ServerCertificate): { cert: Buffer; key: Buffer } {
  return { cert: certificate, key };
}
