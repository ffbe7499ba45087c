import type { Metadata } from '@grpc/grpc-js';
import { metadataKeys } from '../../shared/services.js';
import type { Opened } from '../connection.js';

/** What a subscription's initial metadata says. What is malformed counts as absent. */
export function readOpened(metadata: Metadata): Opened {
  const text = (key: string): string | undefined => metadata.get(key)[0]?.toString();
  const logId = text(metadataKeys.logId);
  return {
    type: 'opened',
    logId,
    head: wholeNumber(text(metadataKeys.head)),
    headDigest: digest(text(metadataKeys.headDigest)),
    resumed: logId !== undefined && text(metadataKeys.resumed) === 'true',
    maxText: wholeNumber(text(metadataKeys.maxText)),
    maxImage: wholeNumber(text(metadataKeys.maxImage)),
  };
}

function digest(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

/** The number that a metadata value's digits mean, if it is one that can be counted with. */
export function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
