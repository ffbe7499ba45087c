import { Metadata } from '@grpc/grpc-js';
import { ChatError } from '../../../shared/errors.js';
import { maxSequence } from '../../../shared/read-messages.js';
import { metadataKeys } from '../../../shared/services.js';
import type { Opened, Credentials } from '../port.js';

const logIdForm = /^[ -~]{1,64}$/;

/** Reads the initial metadata of a subscription. Malformed values count as absent. */
export function readOpened(metadata: Metadata): Opened {
  const text = (key: string): string | undefined => metadata.get(key)[0]?.toString();
  const given = text(metadataKeys.logId) ?? '';
  const logId = logIdForm.test(given) ? given : undefined;
  return {
    type: 'opened',
    logId,
    head: sequence(text(metadataKeys.head)),
    headDigest: digest(text(metadataKeys.headDigest)),
    resumed: logId !== undefined && text(metadataKeys.resumed) === 'true',
    maxTextBytes: wholeNumber(text(metadataKeys.maxText)),
    maxImageBytes: wholeNumber(text(metadataKeys.maxImage)),
    hasRooms: logId !== undefined && text(metadataKeys.rooms) === '1',
  };
}

export function sequence(text: string | undefined): number | undefined {
  const value = wholeNumber(text);
  return value !== undefined && value <= maxSequence ? value : undefined;
}

function digest(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** grpc-js rejects call credentials over plaintext. Throws `login-refused` for characters not allowed in metadata. */
export function loginMetadata({ user, password }: Credentials): Metadata {
  const metadata = new Metadata();
  metadata.set(metadataKeys.userName, printable('user name', user));
  metadata.set(metadataKeys.userPassword, printable('password', password));
  return metadata;
}

function printable(field: string, value: string): string {
  if (/^[ -~]*$/.test(value)) return value;
  throw new ChatError('login-refused', `wrong ${field}: it contains a character that none can have`, {
    hint: `A ${field} contains only letters without accents, digits, punctuation and spaces (printable ASCII).`,
  });
}
