import { createConnection } from 'node:net';

/** How long a server may take to greet, in milliseconds, and how long its greeting may be, in bytes. */
const patience = 1000;
const maxBytes = 64 * 1024;

/** Whether a NATS lets in only whoever shows a certificate. It says so in its greeting, before anything else. */
export function wantsCertificate(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, host);
    let greeting = '';
    const timer = setTimeout(() => end(false), patience);
    const end = (wanted: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(wanted);
    };
    socket.on('error', () => end(false)).on('close', () => end(false));
    socket.setEncoding('latin1').on('data', (text: string) => {
      greeting += text;
      if (greeting.includes('\n')) end(/^INFO \{.*"tls_verify":\s*true/.test(greeting));
      else if (greeting.length > maxBytes) end(false);
    });
  });
}
