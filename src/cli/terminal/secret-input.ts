/** What has been typed so far, and whether that was the end of it. `rest` came after the end. */
export type SecretInput = {
  readonly text: string;
  readonly outcome: 'typing' | 'entered' | 'cancelled';
  readonly rest: string;
};

/** Nothing typed yet. */
export const emptySecret: SecretInput = { text: '', outcome: 'typing', rest: '' };

// A longer answer is no password; what comes beyond is dropped.
const longestSecret = 1024;

// A key that is not a character: an escape sequence, as arrows and function keys send.
const escapeSequence = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|)/s;

/**
 * What `chunk`, read from a terminal in raw mode, makes of an unseen answer: Enter ends it, Ctrl+C (and
 * Ctrl+D on an empty one) cancels it, Backspace, Ctrl+W and Ctrl+U erase, other keys are ignored.
 */
export function typeSecret(before: SecretInput, chunk: string): SecretInput {
  let { text } = before;
  for (let rest = chunk; rest !== '';) {
    const key = escapeSequence.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0) ?? 0);
    rest = rest.slice(key.length);
    if (key === '\r' || key === '\n') return { text, outcome: 'entered', rest };
    if (key === '\u0003' || (key === '\u0004' && text === ''))
      return { text: '', outcome: 'cancelled', rest };
    if (key === '\u007f' || key === '\b') text = Array.from(text).slice(0, -1).join('');
    else if (key === '\u0015' || key === '\u0017') text = '';
    else if (key >= ' ' && text.length < longestSecret) text += key;
  }
  return { text, outcome: 'typing', rest: '' };
}
