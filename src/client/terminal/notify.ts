import { sanitiseLine } from './text/sanitise.js';
import { truncate } from './text/truncate.js';
import { tmuxPassthrough } from './tmux-passthrough.js';

type Environment = Readonly<Record<string, string | undefined>>;

const bell = '\x07';
const maxTextLength = 160;

/**
 * Bytes that ring the bell and ask the terminal for a notification: OSC 9 or OSC 777, whichever the terminal is
 * known to take, both where it is not known. Inside tmux they are passed through; the bell is tmux's own.
 */
export function notification(text: string, environment: Environment): string {
  // A semicolon would begin another field (OSC 777), or make a text that starts with a number a command (OSC 9;4).
  const cleaned = truncate(sanitiseLine(text), maxTextLength).replaceAll(';', ',');
  const osc9 = `\x1b]9;${cleaned}\x07`;
  const osc777 = `\x1b]777;notify;chat;${cleaned}\x07`;
  const asked = { osc9, osc777, both: osc9 + osc777 }[dialect(environment)];
  return bell + (environment.TMUX ? tmuxPassthrough(asked) : asked);
}

/** Terminals that take both would show it twice. */
function dialect({ TERM = '', TERM_PROGRAM = '', VTE_VERSION }: Environment): 'osc9' | 'osc777' | 'both' {
  if (/^(foot|rxvt)/.test(TERM) || VTE_VERSION !== undefined) return 'osc777';
  const takesOsc9 = ['iTerm.app', 'WezTerm', 'ghostty'].includes(TERM_PROGRAM) || TERM === 'xterm-kitty';
  return takesOsc9 || TERM === 'xterm-ghostty' ? 'osc9' : 'both';
}
