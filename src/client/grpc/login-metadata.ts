import { Metadata } from '@grpc/grpc-js';
import { ChatError } from '../../shared/errors.js';
import { metadataKeys } from '../../shared/services.js';
import type { Credentials } from '../connection.js';

/**
 * The metadata that every call carries. It goes with the call and not as call credentials, which grpc-js
 * refuses over plaintext. Throws `login-refused` for what metadata cannot carry, and so no account has.
 */
export function loginMetadata({ user, password }: Credentials): Metadata {
  const metadata = new Metadata();
  metadata.set(metadataKeys.userName, printable('user name', user));
  metadata.set(metadataKeys.userPassword, printable('password', password));
  return metadata;
}

function printable(what: string, value: string): string {
  if (/^[ -~]*$/.test(value)) return value;
  throw new ChatError('login-refused', `wrong ${what}: it holds a character that none can have`, {
    hint: `A ${what} holds letters without accents, digits, punctuation and spaces only (printable ASCII).`,
  });
}
