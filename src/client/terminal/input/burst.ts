import { lineEndsToNewlines } from './paste.js';
import type { TerminalInput } from './terminal-input.js';

/**
 * Input held back for a moment: a terminal without bracketed paste sends a paste as if it were typed, and an Enter in the
 * middle of one must not send a message.
 */
export type BurstState = {
  readonly held: readonly TerminalInput[];
  /** When the last text came, in milliseconds. */
  readonly textAt: number;
};

/** Nothing is held back. */
export const initialBurstState: BurstState = { held: [], textAt: -Infinity };

/** A new state and what is passed on now. */
export type Gathered = { readonly state: BurstState; readonly inputs: readonly TerminalInput[] };

/** Nobody presses Enter this soon after another key. Scripts that send line after line pause for longer, if only just. */
const enterHoldMs = 10;
/** Between two parts of what is known to be a paste. */
const pasteHoldMs = 30;
/** Characters that are held back at most: more than a draft takes. */
const mostHeld = 256 * 1024;

/** Takes what came with one read at `at`, in milliseconds. */
export function gatherBurst(
  { held, textAt }: BurstState,
  read: readonly TerminalInput[],
  at: number,
): Gathered {
  // Answers and focus reports come at any time, also in the middle of a paste.
  const inputs = read.filter(isReport);
  let run = [...held];
  let lastTextAt = textAt;
  let isSoonAfterText = at - textAt <= enterHoldMs;
  for (const input of read) {
    if (isReport(input)) continue;
    if (input.type === 'text') lastTextAt = at;
    if (partOf(input) === undefined) {
      inputs.push(...released(run), input);
      run = [];
      isSoonAfterText = false;
    } else {
      run.push(input);
    }
  }
  const mayGoOn = isSeveralLines(run) || (endsWithEnter(run) && (isSoonAfterText || run.some(isText)));
  if (mayGoOn && sizeOf(run) <= mostHeld) return { state: { held: run, textAt: lastTextAt }, inputs };
  return { state: { held: [], textAt: lastTextAt }, inputs: [...inputs, ...released(run)] };
}

/** How long to wait for more, in milliseconds, before `endBurst`; undefined while nothing is held back. */
export function holdTime({ held }: BurstState): number | undefined {
  if (held.length === 0) return undefined;
  return isSeveralLines(held) ? pasteHoldMs : enterHoldMs;
}

/** Nothing more came in time. */
export function endBurst({ held, textAt }: BurstState): Gathered {
  return { state: { held: [], textAt }, inputs: released(held) };
}

/** Several lines are a paste; one line and Enter are what they are. */
function released(run: readonly TerminalInput[]): readonly TerminalInput[] {
  if (isSeveralLines(run)) {
    return [{ type: 'paste', text: lineEndsToNewlines(run.map(partOf).join('')), typed: run }];
  }
  // A tool that ends lines with CR and LF means one Enter.
  return run.filter((input, index) => !(isKey(input, 'ctrl+j') && isKey(run[index - 1], 'enter')));
}

/** Whether text follows an Enter. */
function isSeveralLines(run: readonly TerminalInput[]): boolean {
  const enterAt = run.findIndex((input) => isKey(input, 'enter'));
  return enterAt >= 0 && run.slice(enterAt).some(isText);
}

function endsWithEnter(run: readonly TerminalInput[]): boolean {
  const last = run.at(-1);
  return isKey(last, 'enter') || (isKey(last, 'ctrl+j') && isKey(run.at(-2), 'enter'));
}

/** What an input stands for in a paste; undefined for what no paste without brackets contains. */
function partOf(input: TerminalInput): string | undefined {
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
  return input.type === 'reply' || input.type === 'focus';
}
