import { ReadStream, WriteStream } from 'node:tty';
import {
  cellPixelsOf,
  chooseProtocol,
  isInTmux,
  graphicsQuery,
  noReplies,
  readGraphicsReply,
  type GraphicsReplies,
} from '../../../client/images/graphics/graphics-protocol.js';
import { withOuterTerminal, askTmux } from '../../../client/images/graphics/tmux-graphics.js';
import { colourDepth, type ColourDepth } from '../../../client/terminal/colour/colour-depth.js';
import { isDumbTerminal } from '../../../client/terminal/dumb-terminal.js';
import { attachInput, type Keyboard } from '../../../client/terminal/input/input.js';
import { systemClock, type Clock } from '../../../shared/clock.js';
import { setVariable, type IO } from '../../io/io.js';
import type { Finding } from './finding.js';
import { imageFinding } from './image-finding.js';

// Smaller ones work, but show little.
const minUseful = { columns: 40, rows: 10 };

/** Checks size, characters, colours, images and keys of the terminal. */
export async function checkTerminal({ stdin, stdout, env }: IO): Promise<Finding[]> {
  if (!(stdin instanceof ReadStream) || !(stdout instanceof WriteStream)) {
    return [
      {
        about: 'terminal',
        status: 'note',
        text: `${stdin.isTTY ? 'stdout' : 'stdin'} is not a terminal: chat connect would print one message per line`,
        advice: 'Run chat doctor directly in the terminal to check it.',
      },
    ];
  }
  const { platform } = process;
  if (isDumbTerminal(env, platform)) return [dumb(stdout, env), characterFinding(env, platform)];
  const { graphics: replies, kittyKeyboard } = await askTerminal(
    stdin,
    (text) => stdout.write(text),
    systemClock,
  );
  const depth = colourDepth(env);
  const known = isInTmux(env) ? withOuterTerminal(replies, await askTmux(env)) : replies;
  const graphics = { ...known, cellPixels: cellPixelsOf(replies, stdout) };
  return [
    screen(stdout, replies.name ?? setVariable(env, 'TERM') ?? 'unnamed terminal', env),
    characterFinding(env, platform),
    colours(depth, env),
    imageFinding(chooseProtocol('auto', depth, graphics, env), graphics, env),
    keyboardFinding(kittyKeyboard, known.name, env),
  ];
}

/** A dumb terminal is not queried: it would show the queries. */
function dumb({ columns, rows }: WriteStream, env: IO['env']): Finding {
  const name = setVariable(env, 'TERM');
  const size = `${columns}×${rows}`;
  return {
    about: 'terminal',
    status: 'note',
    text: name === undefined ? `TERM is not set, ${size}` : `TERM=${name}, ${size}`,
    advice:
      'chat connect would print one message per line. If the terminal can do more, set TERM to its name.',
  };
}

function screen({ columns, rows }: WriteStream, name: string, env: IO['env']): Finding {
  const text = `${name}${isInTmux(env) ? ', in tmux' : ''}, ${columns}×${rows}`;
  const isSmall = columns < minUseful.columns || rows < minUseful.rows;
  return isSmall
    ? { about: 'terminal', status: 'note', text, advice: 'Enlarge the window to see more.' }
    : { about: 'terminal', status: 'ok', text };
}

/** Whether the terminal can be expected to show frames, marks and emoji. */
export function characterFinding(env: IO['env'], platform: NodeJS.Platform): Finding {
  const about = 'characters';
  const [name, locale] = ['LC_ALL', 'LC_CTYPE', 'LANG']
    .map((variable) => [variable, setVariable(env, variable)] as const)
    .find(([, value]) => value !== undefined) ?? ['LANG'];
  // Windows has no such variables.
  if (platform !== 'win32' && !/utf-?8/i.test(locale ?? '')) {
    return {
      about,
      status: 'note',
      text: `${locale === undefined ? 'no locale is set' : `${name}=${locale}`}: the terminal may not show UTF-8`,
      advice:
        'chat writes UTF-8. If frames, ✓ or letters with accents look wrong, choose a UTF-8 locale: export LANG=C.UTF-8',
    };
  }
  if (env.TERM === 'linux') {
    return {
      about,
      status: 'note',
      text: 'the font of this console lacks many characters',
      advice: 'Frames, ✓ and emoji may be missing here. A terminal window on a desktop shows them.',
    };
  }
  return { about, status: 'ok', text: locale === undefined ? 'UTF-8' : `UTF-8 (${name}=${locale})` };
}

/** Which keys start a new line on the terminal of this name. */
export function keyboardFinding(
  kittyKeyboard: boolean,
  terminal: string | undefined,
  env: IO['env'],
): Finding {
  const about = 'keyboard';
  if (kittyKeyboard) {
    return { about, status: 'ok', text: 'all keys can be distinguished (kitty keyboard protocol)' };
  }
  const isWindowsTerminal = setVariable(env, 'WT_SESSION') !== undefined;
  const usesAltEnter = isWindowsTerminal || /^(?:xterm|mintty)\b/i.test(terminal ?? '');
  return {
    about,
    status: 'note',
    text: 'Shift+Enter cannot be distinguished from Enter',
    advice: usesAltEnter
      ? 'Ctrl+J starts a new line. Alt+Enter does not: this terminal uses it for full screen.'
      : 'Ctrl+J starts a new line in every terminal, Alt+Enter in most.',
  };
}

function colours(depth: ColourDepth, env: IO['env']): Finding {
  const about = 'colours';
  if (setVariable(env, 'NO_COLOR') !== undefined) {
    return {
      about,
      status: 'note',
      text: 'none, because of NO_COLOR',
      advice: 'Images are shown as captions only.',
    };
  }
  if (depth === 'truecolor') return { about, status: 'ok', text: '16 million' };
  const text = depth === 'none' ? 'none' : depth;
  return { about, status: 'note', text, advice: 'If the terminal can do more, set COLORTERM=truecolor.' };
}

/** The answers of a terminal. */
type TerminalAnswers = { readonly graphics: GraphicsReplies; readonly kittyKeyboard: boolean };

/** Long enough for a terminal on a slow connection. */
const answerTimeoutMs = 1500;

const keyboardQuery = '\x1b[?u';

/** Asks the terminal what it supports. A query without an answer counts as unsupported. */
function askTerminal(
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
