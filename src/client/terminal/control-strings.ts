import { sanitiseLine } from './text/sanitise.js';
import { truncate } from './text/text-width.js';

type Environment = Readonly<Record<string, string | undefined>>;

const bell = '\x07';
const maxTextCells = 160;

/** Rings the bell and sends OSC 9 or OSC 777, or both if the terminal is unknown. tmux itself handles the bell. */
export function notification(text: string, environment: Environment): string {
  // A semicolon starts another field (OSC 777) or, after a number, makes the text a command (OSC 9;4).
  const cleaned = truncate(sanitiseLine(text), maxTextCells).replaceAll(';', ',');
  const osc9 = `\x1b]9;${cleaned}\x07`;
  const osc777 = `\x1b]777;notify;chat;${cleaned}\x07`;
  const asked = { osc9, osc777, both: osc9 + osc777 }[dialect(environment)];
  return bell + (environment.TMUX ? tmuxPassthrough(asked) : asked);
}

/** Terminals that support both would notify twice. */
function dialect({ TERM = '', TERM_PROGRAM = '', VTE_VERSION }: Environment): 'osc9' | 'osc777' | 'both' {
  if (/^(foot|rxvt)/.test(TERM) || VTE_VERSION !== undefined) return 'osc777';
  const supportsOsc9 = ['iTerm.app', 'WezTerm', 'ghostty'].includes(TERM_PROGRAM) || TERM === 'xterm-kitty';
  return supportsOsc9 || TERM === 'xterm-ghostty' ? 'osc9' : 'both';
}

/** tmux forwards it to its own terminal if `allow-passthrough` is on. */
export function tmuxPassthrough(sequence: string): string {
  return `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
}

/** Several terminals ignore a longer text in base64. */
const maxBase64Length = 74_994;

export const maxCopiedBytes = Math.floor(maxBase64Length / 4) * 3;

/** OSC 52: asks the terminal to copy a text, without an answer. Undefined if the text is too long. */
export function clipboardSequence(
  text: string,
  { TMUX }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const base64 = Buffer.from(text).toString('base64');
  if (base64.length > maxBase64Length) return undefined;
  const sequence = `\x1b]52;c;${base64}\x07`;
  // Depending on its settings tmux accepts the first (`set-clipboard on`) or passes on the second.
  return TMUX ? sequence + tmuxPassthrough(sequence) : sequence;
}

const maxTitleCells = 80;

export function titleSequence(title: string): string {
  return `\x1b]2;${truncate(sanitiseLine(title), maxTitleCells)}\x07`;
}
