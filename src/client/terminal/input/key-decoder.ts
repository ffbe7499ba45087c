import { scanSequence, skippedEnd, type SkippedKind } from './escape-sequence.js';
import { controlKeyName } from './key-name.js';
import { pasteInput, pasteStart, takePaste } from './paste.js';
import { brokenInputs, sequenceInputs } from './sequence-input.js';
import type { TerminalInput } from './terminal-input.js';

/** Unfinished input between two reads. */
export type DecoderState = {
  readonly pending: string;
  readonly paste: string | undefined;
  readonly skip: SkippedKind | undefined;
};

export const initialDecoderState: DecoderState = { pending: '', paste: undefined, skip: undefined };

/** The new state and the completed inputs. */
export type Decoded = { readonly state: DecoderState; readonly inputs: readonly TerminalInput[] };

/** The inputs do not depend on how characters are cut into chunks, except that text may come in parts. */
export function decodeInput(state: DecoderState, chunk: string): Decoded {
  const buffer = state.pending + chunk;
  const inputs: TerminalInput[] = [];
  let { paste, skip } = state;
  let at = 0;
  while (at < buffer.length) {
    if (paste !== undefined) {
      const taken = takePaste(paste, buffer, at);
      at = taken.end;
      paste = taken.isWhole ? undefined : taken.paste;
      if (!taken.isWhole) break;
      inputs.push(pasteInput(taken.paste));
    } else if (skip !== undefined) {
      const end = skippedEnd(buffer, at, skip);
      if (end >= 0) skip = undefined;
      at = end < 0 ? buffer.length : end;
    } else if (buffer[at] !== '\x1b') {
      at = decodePlain(buffer, at, inputs);
    } else {
      const scanned = scanSequence(buffer, at);
      if (scanned.kind === 'incomplete') break;
      if (scanned.kind === 'overlong') skip = scanned.skip;
      else if (buffer.slice(at, scanned.end) === pasteStart) paste = '';
      else inputs.push(...sequenceInputs(scanned.kind, buffer.slice(at, scanned.end)));
      at = scanned.end;
    }
  }
  return { state: { pending: buffer.slice(at), paste, skip }, inputs };
}

/** How long to wait before `giveUpWaiting`; undefined while nothing is unfinished. */
export function waitingTimeMs({ pending, paste, skip }: DecoderState): number | undefined {
  if (paste !== undefined) return 2000;
  if (skip !== undefined) return 500;
  if (pending === '') return undefined;
  // Two characters may be typed; more can only be a sequence on a slow line.
  return pending.length <= 2 ? 50 : 500;
}

export function giveUpWaiting({ pending, paste, skip }: DecoderState): Decoded {
  const inputs: TerminalInput[] = [];
  if (paste !== undefined) inputs.push(pasteInput(paste + pending));
  else if (skip === undefined) {
    inputs.push(...brokenInputs(pending));
  }
  return { state: initialDecoderState, inputs };
}

function decodePlain(buffer: string, start: number, inputs: TerminalInput[]): number {
  controlCharacter.lastIndex = start;
  const end = controlCharacter.exec(buffer)?.index ?? buffer.length;
  if (end > start) {
    inputs.push({ type: 'text', text: buffer.slice(start, end) });
    return end;
  }
  const character = buffer.charAt(start);
  if (character <= '\x7f') inputs.push({ type: 'key', key: controlKeyName(character, 0) });
  return start + 1;
}

const controlCharacter = /\p{Cc}/gu;
