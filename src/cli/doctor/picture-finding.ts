import {
  textErasesSixels as forgetsPictures,
  isInTmux,
  type GraphicsProtocol,
  type GraphicsReplies,
} from '../../client/images/graphics/graphics-protocol.js';
import type { Shell } from '../shell.js';
import type { Finding } from './finding.js';

const about = 'pictures';

/** How pictures are shown on a terminal that answered so, why, and what would show more of them. */
export function pictureFinding(
  protocol: GraphicsProtocol,
  replies: GraphicsReplies,
  env: Shell['env'],
): Finding {
  const terminal = replies.name ?? 'the terminal';
  switch (protocol) {
    case 'off':
      return {
        about,
        verdict: 'note',
        text: 'as captions: there are no colours',
        advice: '/save N and /open N show them.',
      };
    case 'kitty':
      return pixels(
        isInTmux(env) ? `tmux hands them on to ${terminal}` : `${terminal} has its placeholders`,
        protocol,
      );
    case 'iterm2':
      return pixels(`${replies.name ?? 'iTerm2'} made it or knows it`, protocol);
    case 'sixel':
      return pixels(`${terminal} says that it can, and how large its cells are`, protocol);
    case 'blocks':
      return halfBlocks(terminal, replies, env);
  }
}

function pixels(reason: string, protocol: string): Finding {
  return { about, verdict: 'ok', text: `in pixels, by the ${protocol} protocol: ${reason}` };
}

function halfBlocks(terminal: string, replies: GraphicsReplies, env: Shell['env']): Finding {
  const because = (reason: string, advice?: string): Finding => ({
    about,
    verdict: 'ok',
    text: `as half blocks: ${reason}`,
    ...(advice !== undefined && { advice }),
  });
  if (isInTmux(env)) {
    return because(
      'tmux keeps pictures from the terminal around it, or that terminal shows none',
      'In kitty 0.28 or Ghostty: set -g allow-passthrough on in tmux.conf shows pixels; with sixel, tmux 3.4.',
    );
  }
  if (!forgetsPictures(terminal)) {
    return because(
      `${terminal} goes on showing pictures that text was written over`,
      '--images sixel shows them all the same.',
    );
  }
  if (replies.kitty) {
    return because(
      `${terminal} speaks the kitty protocol, but has no placeholders`,
      'kitty 0.28 and Ghostty have them.',
    );
  }
  if (replies.sixel) {
    return because(`${terminal} can do sixel, but not say how large its cells are`, 'Try --images sixel.');
  }
  if (!replies.complete) return because('the terminal did not answer what it can do');
  return because(
    `${terminal} offers nothing else`,
    'kitty, Ghostty, iTerm2, WezTerm, foot and xterm -ti vt340 show pixels.',
  );
}
