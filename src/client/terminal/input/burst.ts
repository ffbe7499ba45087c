import { lineEndsToNewlines } from './paste.js';
import type { TerminalInput } from './terminal-input.js';

/** Input held back: without bracketed paste a paste looks typed, and an Enter in it must not send a message. */
export type BurstState = {
  readonly held: readonly TerminalInput[];
  readonly textAtMs: number;
};

export const initialBurstState: BurstState = { held: [], textAtMs: -Infinity };

/** The new state and the inputs to pass on now. */
export type Gathered = { readonly state: BurstState; readonly inputs: readonly TerminalInput[] };

/** No user presses Enter this soon after another key. Scripts that send line by line pause slightly longer. */
const enterHoldMs = 10;
/** Between two parts of a known paste. */
const pasteHoldMs = 30;
const maxHeldLength = 256 * 1024;

/** Holds back what may be the beginning of a paste. */
export function gatherBurst(
  { held, textAtMs }: BurstState,
  read: readonly TerminalInput[],
  nowMs: number,
): Gathered {
  // Replies and focus reports may come in the middle of a paste.
  const inputs = read.filter(isReport);
  let run = [...held];
  let lastTextAtMs = textAtMs;
  let isSoonAfterText = nowMs - textAtMs <= enterHoldMs;
  for (const input of read) {
    if (isReport(input)) continue;
    if (input.type === 'text') lastTextAtMs = nowMs;
    if (pastedCharacters(input) === undefined) {
      inputs.push(...released(run), input);
      run = [];
      isSoonAfterText = false;
    } else {
      run.push(input);
    }
  }
  const mayContinue = isSeveralLines(run) || (endsWithEnter(run) && (isSoonAfterText || run.some(isText)));
  if (mayContinue && sizeOf(run) <= maxHeldLength)
    return { state: { held: run, textAtMs: lastTextAtMs }, inputs };
  return { state: { held: [], textAtMs: lastTextAtMs }, inputs: [...inputs, ...released(run)] };
}

/** How long to wait before `endBurst`; undefined while nothing is held back. */
export function holdTimeMs({ held }: BurstState): number | undefined {
  if (held.length === 0) return undefined;
  return isSeveralLines(held) ? pasteHoldMs : enterHoldMs;
}

export function endBurst({ held, textAtMs }: BurstState): Gathered {
  return { state: { held: [], textAtMs }, inputs: released(held) };
}

function released(run: readonly TerminalInput[]): readonly TerminalInput[] {
  if (isSeveralLines(run)) {
    return [{ type: 'paste', text: lineEndsToNewlines(run.map(pastedCharacters).join('')), typed: run }];
  }
  return run.filter((input, index) => !(isKey(input, 'ctrl+j') && isKey(run[index - 1], 'enter')));
}

/** A notch of the wheel is three to five arrows at once; a held key sends them one by one. */
const minWheelArrows = 3;

/** For a multiplexer that does not report the mouse: its terminal may send the wheel as arrow keys. */
export function wheelOfArrows(read: readonly TerminalInput[]): readonly TerminalInput[] {
  const [first] = read;
  if (first?.type !== 'key' || !read.every((input) => isKey(input, first.key))) return read;
  const isArrow = first.key === 'up' || first.key === 'down';
  if (!isArrow || read.length < minWheelArrows) return read;
  const notch: TerminalInput = { type: 'mouse', action: `wheel-${first.key}`, x: 0, y: 0 };
  return Array.from({ length: Math.round(read.length / minWheelArrows) }, () => notch);
}

function isSeveralLines(run: readonly TerminalInput[]): boolean {
  const enterAt = run.findIndex((input) => isKey(input, 'enter'));
  return enterAt >= 0 && run.slice(enterAt).some(isText);
}

function endsWithEnter(run: readonly TerminalInput[]): boolean {
  const last = run.at(-1);
  return isKey(last, 'enter') || (isKey(last, 'ctrl+j') && isKey(run.at(-2), 'enter'));
}

function pastedCharacters(input: TerminalInput): string | undefined {
  if (input.type === 'text') return input.text;
  if (isKey(input, 'enter')) return '\r';
  if (isKey(input, 'ctrl+j')) return '\n';
  return isKey(input, 'tab') ? '\t' : undefined;
}

function sizeOf(run: readonly TerminalInput[]): number {
  return run.reduce((size, input) => size + (input.type === 'text' ? input.text.length : 1), 0);
}

function isText(input: TerminalInput): boolean {
  return input.type === 'text';
}

function isKey(input: TerminalInput | undefined, key: string): boolean {
  return input?.type === 'key' && input.key === key;
}

function isReport(input: TerminalInput): boolean {
  return input.type === 'reply' || input.type === 'focus' || input.type === 'mouse';
}
