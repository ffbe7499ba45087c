import { sanitiseLine } from './text/sanitise.js';
import { truncate } from './text/truncate.js';
import { tmuxPassthrough } from './tmux-passthrough.js';

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
