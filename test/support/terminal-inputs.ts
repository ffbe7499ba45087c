import { decodeInput, initialDecoderState } from '../../src/client/terminal/input/key-decoder.js';
import type { TerminalInput } from '../../src/client/terminal/input/terminal-input.js';

/** Decodes chunks; joins adjacent texts, since a chunk may end within a text. */
export function inputsOf(...chunks: readonly string[]): TerminalInput[] {
  let state = initialDecoderState;
  const inputs: TerminalInput[] = [];
  for (const chunk of chunks) {
    const decoded = decodeInput(state, chunk);
    state = decoded.state;
    for (const input of decoded.inputs) {
      const last = inputs.at(-1);
      if (input.type === 'text' && last?.type === 'text') {
        inputs[inputs.length - 1] = { type: 'text', text: last.text + input.text };
      } else {
        inputs.push(input);
      }
    }
  }
  return inputs;
}

export const key = (name: string): TerminalInput => ({ type: 'key', key: name });

export const text = (typed: string): TerminalInput => ({ type: 'text', text: typed });
