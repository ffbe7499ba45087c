import { StringDecoder } from 'node:string_decoder';
import { ChatError } from '../../shared/errors.js';
import { readLine } from '../io/read-input.js';
import { emptySecret, typeSecret } from './secret-input.js';
import type { IO } from '../io/io.js';

/** Asks for a line that may be seen, such as a name. The terminal itself echoes and edits it. */
export async function askLine(question: string, { stdin, stderr }: IO): Promise<string> {
  stderr.write(question);
  const answer = await readLine(stdin, 1024);
  if (typeof answer === 'object') return answer.line.toString('utf8').trim();
  stderr.write('\n');
  throw new ChatError('cancelled', 'no answer was given');
}

/** Asks for a line that nobody may see, such as a password. Every way out gives the terminal back. */
export async function askSecret(question: string, { stdin, stderr }: IO): Promise<string> {
  const decoder = new StringDecoder('utf8');
  // First: an answer that comes as soon as the question must not be echoed.
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
