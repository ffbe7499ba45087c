import { readOnline } from '../../src/shared/read-messages.js';

/** The names in an encoded `Online`. */
export function userNames(bytes: Uint8Array): string[] {
  const reading = readOnline(bytes, 1000);
  for (;;) {
    const step = reading.next();
    if (step.done) return [...step.value.values];
  }
}
