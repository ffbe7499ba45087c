import { ReadStream, WriteStream } from 'node:tty';
import { cellPixelsOf, chooseProtocol, isInTmux } from '../../client/images/graphics/graphics-protocol.js';
import { withOuterTerminal as withSurroundings } from '../../client/images/graphics/tmux-graphics.js';
import { colourDepth, type ColourDepth } from '../../client/terminal/colour/colour-depth.js';
import { systemClock } from '../../shared/clock.js';
import { isDumbTerminal } from '../../client/terminal/dumb-terminal.js';
import { setVariable, type Shell } from '../shell.js';
import { askTmux } from '../ask-tmux.js';
import { askTerminal } from './ask-terminal.js';
import type { Finding } from './finding.js';
import { pictureFinding } from './picture-finding.js';

// Smaller ones work, but show little.
const least = { columns: 40, rows: 10 };

/** Screen, colours, pictures and keys of the terminal. */
export async function checkTerminal({ stdin, stdout, env }: Shell): Promise<Finding[]> {
  if (!(stdin instanceof ReadStream) || !(stdout instanceof WriteStream)) {
    return [
      {
        about: 'terminal',
        verdict: 'note',
        text: `${stdin.isTTY ? 'stdout' : 'stdin'} is none: chat connect prints a line a message`,
        advice: 'Run chat doctor on the terminal itself to learn what it can do.',
      },
    ];
  }
  if (isDumbTerminal(env, process.platform)) return [dumb(stdout, env)];
  const { graphics: replies, kittyKeyboard } = await askTerminal(
    stdin,
    (text) => stdout.write(text),
    systemClock,
  );
  const depth = colourDepth(env);
  const known = isInTmux(env) ? withSurroundings(replies, await askTmux(env)) : replies;
  const graphics = { ...known, cellPixels: cellPixelsOf(replies, stdout) };
  return [
    screen(stdout, replies.name ?? setVariable(env, 'TERM') ?? 'without a name', env),
    colours(depth, env),
    pictureFinding(chooseProtocol('auto', depth, graphics, env), graphics, env),
    kittyKeyboard
      ? { about: 'keyboard', verdict: 'ok', text: 'every key is told apart (kitty keyboard protocol)' }
      : {
          about: 'keyboard',
          verdict: 'note',
          text: 'Shift+Enter looks like Enter here',
          advice: 'Alt+Enter and Ctrl+J make a new line in every terminal.',
        },
  ];
}

/** It is asked nothing: it would show the questions. */
function dumb({ columns, rows }: WriteStream, env: Shell['env']): Finding {
  const name = setVariable(env, 'TERM');
  const size = `${columns}×${rows}`;
  return {
    about: 'terminal',
    verdict: 'note',
    text: name === undefined ? `TERM is not set, ${size}` : `TERM=${name}, ${size}`,
    advice: 'chat connect prints a line a message here. If the terminal can do more: set TERM to its name.',
  };
}

function screen({ columns, rows }: WriteStream, name: string, env: Shell['env']): Finding {
  const text = `${name}${isInTmux(env) ? ', in tmux' : ''}, ${columns}×${rows}`;
  const isSmall = columns < least.columns || rows < least.rows;
  return isSmall
    ? { about: 'terminal', verdict: 'note', text, advice: 'Make the window larger to see more.' }
    : { about: 'terminal', verdict: 'ok', text };
}

function colours(depth: ColourDepth, env: Shell['env']): Finding {
  const about = 'colours';
  if (setVariable(env, 'NO_COLOR') !== undefined) {
    return {
      about,
      verdict: 'note',
      text: 'none, as NO_COLOR asks',
      advice: 'Pictures are shown as captions only.',
    };
  }
  if (depth === 'truecolor') return { about, verdict: 'ok', text: '16 million' };
  const text = depth === 'none' ? 'none' : depth;
  return { about, verdict: 'note', text, advice: 'If the terminal can do more: set COLORTERM=truecolor.' };
}
