import type { Metadata } from '@grpc/grpc-js';
import { maxSequence } from '../../shared/read-messages.js';
import { metadataKeys } from '../../shared/services.js';
import type { Opened } from '../connection.js';

const logIdForm = /^[ -~]{1,64}$/;

/** What a subscription's initial metadata says. What is malformed counts as absent. */
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
  };
}

/** A sequence that a server may have got to. */
export function sequence(text: string | undefined): number | undefined {
  const value = wholeNumber(text);
  return value !== undefined && value <= maxSequence ? value : undefined;
}

function digest(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

/** The number that a metadata value's digits mean, if it is one that can be counted with. */
function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
