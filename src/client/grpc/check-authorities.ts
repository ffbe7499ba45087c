import { X509Certificate } from 'node:crypto';
import { ChatError } from '../../shared/errors.js';

/** Throws `usage` unless the text begins with a certificate in PEM form. TLS would leave out what is none. */
export function checkAuthorities(pem: string): void {
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new ChatError('usage', 'the file with certificate authorities holds no certificate', {
      hint: 'It must hold PEM: -----BEGIN CERTIFICATE----- and so on.',
      cause,
    });
  }
}
