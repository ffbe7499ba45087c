import { StringDecoder } from 'node:string_decoder';
import { ChatError } from '../../shared/errors.js';
import type { IO } from './io.js';
import { readLine } from './read-input.js';

/** Asks for a visible line, which the terminal echoes and edits. */
export async function askLine(question: string, { stdin, stderr }: IO): Promise<string> {
  stderr.write(question);
  const answer = await readLine(stdin, 1024);
  if (typeof answer === 'object') return answer.line.toString('utf8').trim();
  stderr.write('\n');
  throw new ChatError('cancelled', 'no answer was given');
}

/** Asks for a hidden line, such as a password. Always restores the terminal. */
export async function askSecret(question: string, { stdin, stderr }: IO): Promise<string> {
  const decoder = new StringDecoder('utf8');
  // Before the question, so that an immediate answer is not echoed.
  stdin.setRawMode?.(true);
  stderr.write(question);
  try {
    return await new Promise((resolve, reject) => {
      let input = emptySecret;
      const onData = (chunk: Buffer) => {
        input = typeSecret(input, decoder.write(chunk));
        if (input.outcome === 'typing') return;
        stop();
        if (input.rest !== '') stdin.unshift(Buffer.from(input.rest));
        if (input.outcome === 'entered') resolve(input.text);
        else reject(new ChatError('cancelled', 'cancelled'));
      };
      const onEnd = () => {
        stop();
        reject(new ChatError('cancelled', 'the terminal was closed'));
      };
      const stop = () => {
        stdin.off('data', onData).off('end', onEnd).off('error', onEnd);
        stdin.pause();
      };
      stdin.on('data', onData).on('end', onEnd).on('error', onEnd).resume();
    });
  } finally {
    stdin.setRawMode?.(false);
    stderr.write('\n');
  }
}

/** What was typed so far. `rest` follows the end of the input. */
export type SecretInput = {
  readonly text: string;
  readonly outcome: 'typing' | 'entered' | 'cancelled';
  readonly rest: string;
};

export const emptySecret: SecretInput = { text: '', outcome: 'typing', rest: '' };

// The rest of a longer answer is dropped: it cannot be a password.
const maxSecretLength = 1024;

// The escape sequence of a key that is not a character, such as an arrow.
const escapeSequence = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|)/s;

/** Applies a chunk from a terminal in raw mode to a hidden answer. Keys that are not characters are ignored. */
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
    else if (key >= ' ' && text.length < maxSecretLength) text += key;
  }
  return { text, outcome: 'typing', rest: '' };
}
