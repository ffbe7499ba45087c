import {
  graphicsQuery,
  noReplies,
  readGraphicsReply,
  type GraphicsReplies,
} from '../../../client/images/graphics/graphics-protocol.js';
import { attachInput, type Keyboard } from '../../../client/terminal/input/input.js';
import type { Clock } from '../../../shared/clock.js';

/** The answers of a terminal. */
export type TerminalAnswers = { readonly graphics: GraphicsReplies; readonly kittyKeyboard: boolean };

/** Long enough for a terminal on a slow connection. */
const answerTimeoutMs = 1500;

const keyboardQuery = '\x1b[?u';

/** Asks the terminal what it supports. A query without an answer counts as unsupported. */
export function askTerminal(
  keyboard: Keyboard,
  write: (text: string) => void,
  clock: Clock,
): Promise<TerminalAnswers> {
  return new Promise((resolve) => {
    let graphics = noReplies;
    let kittyKeyboard = false;
    const end = (): void => {
      detach();
      cancel();
      resolve({ graphics, kittyKeyboard });
    };
    const detach = attachInput(keyboard, clock, (input) => {
      if (input.type !== 'reply') return;
      if (/^\x1b\[\?\d+u$/.test(input.sequence)) kittyKeyboard = true;
      graphics = readGraphicsReply(graphics, input.sequence);
      if (graphics.complete) end();
    });
    const cancel = clock.after(answerTimeoutMs, end);
    write(keyboardQuery + graphicsQuery);
  });
}
