import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { ServerCertificate } from '../tls/certificate.js';

type Transport = {
  accept(socket: Socket): void;
  /** For new connections; ignored for plaintext. */
  replaceCertificate(certificate: ServerCertificate): void;
};

const handshakeTimeoutMs = 10_000;

export function plaintextTransport(onConnection: (socket: Socket) => void): Transport {
  return { accept: onConnection, replaceCertificate: () => undefined };
}

/** Node's own TLS server does the handshake, since it can replace its certificate while it runs. */
export function tlsTransport(
  certificate: ServerCertificate,
  onConnection: (socket: Socket) => void,
): Transport {
  const server = createServer(
    {
      ...pemOf(certificate),
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeTimeoutMs,
    },
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
