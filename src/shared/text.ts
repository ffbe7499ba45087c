const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** UTF-8 bytes of a text; lone surrogates become U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes, or undefined if they are not UTF-8. */
export function decodeStrictText(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The text of bytes that should be UTF-8; what is not becomes U+FFFD. For showing, never for checking. */
export function decodeText(bytes: Uint8Array): string {
  return lenientDecoder.decode(bytes);
}
