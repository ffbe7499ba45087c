import {
  textErasesSixels,
  isInTmux,
  type GraphicsProtocol,
  type GraphicsReplies,
} from '../../../client/images/graphics/graphics-protocol.js';
import type { IO } from '../../io/io.js';
import type { Finding } from './finding.js';

const about = 'images';

/** How images are shown on this terminal, why, and what would show them better. */
export function imageFinding(protocol: GraphicsProtocol, replies: GraphicsReplies, env: IO['env']): Finding {
  const terminal = replies.name ?? 'the terminal';
  switch (protocol) {
    case 'off':
      return {
        about,
        status: 'note',
        text: 'as captions: the terminal has no colours',
        advice: 'Use /open N or /save N to look at one.',
      };
    case 'kitty':
      return pixels(
        isInTmux(env) ? `tmux passes them to ${terminal}` : `${terminal} supports placeholders`,
        protocol,
      );
    case 'iterm2':
      return pixels(`${replies.name ?? 'iTerm2'} supports it`, protocol);
    case 'sixel':
      return pixels(`${terminal} supports it and reports the size of its cells`, protocol);
    case 'blocks':
      return halfBlocks(terminal, replies, env);
  }
}

function pixels(reason: string, protocol: string): Finding {
  return { about, status: 'ok', text: `in pixels, by the ${protocol} protocol: ${reason}` };
}

function halfBlocks(terminal: string, replies: GraphicsReplies, env: IO['env']): Finding {
  const because = (reason: string, advice?: string): Finding => ({
    about,
    status: 'ok',
    text: `as half blocks: ${reason}`,
    ...(advice !== undefined && { advice }),
  });
  if (isInTmux(env)) {
    return because(
      'tmux does not pass images to the outer terminal, or that terminal shows none',
      'For pixels: in kitty 0.28 or Ghostty put set -g allow-passthrough on in tmux.conf; for sixel use tmux 3.4.',
    );
  }
  if (!textErasesSixels(terminal)) {
    return because(
      `${terminal} keeps showing images after text was written over them`,
      '--images sixel uses pixels all the same.',
    );
  }
  if (replies.kitty) {
    return because(
      `${terminal} supports the kitty protocol, but no placeholders`,
      'kitty 0.28 and Ghostty support them.',
    );
  }
  if (replies.sixel) {
    return because(
      `${terminal} supports sixel, but does not report the size of its cells`,
      'Try --images sixel.',
    );
  }
  if (!replies.complete) return because('the terminal did not report what it supports');
  return because(
    `${terminal} supports nothing else`,
    'kitty, Ghostty, iTerm2, WezTerm, foot and xterm -ti vt340 show pixels.',
  );
}
