const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** As UTF-8; lone surrogates become U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

export function decodeStrictText(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Invalid UTF-8 becomes U+FFFD. For showing, never for checking. */
export function decodeText(bytes: Uint8Array): string {
  return lenientDecoder.decode(bytes);
}

/** The limits of what a server sends: of a name, and of a topic of 250 characters, in bytes. */
export const maxNameBytes = 256;
export const maxTopicBytes = 1024;

/** Invalid UTF-8 becomes U+FFFD, and what exceeds `maxBytes` an ellipsis. */
export function boundedText(bytes: Uint8Array, maxBytes: number): string {
  return bytes.length <= maxBytes ? decodeText(bytes) : `${decodeText(bytes.subarray(0, maxBytes))}…`;
}
