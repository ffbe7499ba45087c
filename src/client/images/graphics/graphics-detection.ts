import type { Clock } from '../../../shared/clock.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import {
  cellPixelsOf,
  graphicsQuery,
  isInTmux,
  noReplies,
  readGraphicsReply,
  type ImageMode,
} from './graphics-protocol.js';
import type { ImageProcess } from '../process/image-process.js';
import { chooseGraphics, type Graphics } from './graphics.js';
import type { CellSize } from './image-renderer.js';
import { withOuterTerminal, type OuterTerminal } from './tmux-graphics.js';

/** The settings and the terminal that decide. */
export type DetectionOptions = {
  readonly imageProcess: ImageProcess;
  readonly mode: ImageMode;
  readonly depth: ColourDepth;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly ask: (query: string) => void;
  readonly screenSize: () => CellSize;
  readonly askTmux: () => Promise<OuterTerminal | undefined>;
  /** Not called by `detectGraphics` itself. */
  readonly onChange: () => void;
};

/** The current graphics, which may change when the terminal answers. */
export type GraphicsDetection = {
  readonly graphics: Graphics;
  readonly mode: ImageMode;
  take(sequence: string): void;
  choose(mode: ImageMode): void;
};

/** Terminals answer within milliseconds, over a slow line within a second or two. */
const answerTimeoutMs = 3000;

/** Images use half blocks until the terminal has answered; answers after the timeout are ignored. */
export function detectGraphics(options: DetectionOptions): GraphicsDetection {
  const { imageProcess, depth, env, clock, random, ask, screenSize, askTmux, onChange } = options;
  let { mode } = options;
  let replies = noReplies;
  let tmux: OuterTerminal | undefined;
  let isAccepting = true;
  let graphics = chooseGraphics({ imageProcess, mode, depth, env, replies }, random);

  function decide(): void {
    const known = isInTmux(env) ? withOuterTerminal(replies, tmux) : replies;
    const next = chooseGraphics({ imageProcess, mode, depth, env, replies: known }, random);
    const isSame =
      next.protocol === graphics.protocol && JSON.stringify(next.scale) === JSON.stringify(graphics.scale);
    if (isSame) return;
    graphics = next;
    onChange();
  }

  ask(graphicsQuery);
  clock.after(answerTimeoutMs, () => (isAccepting = false));
  if (isInTmux(env)) {
    void askTmux().then((outerTerminal) => {
      tmux = outerTerminal;
      decide();
    });
  }
  return {
    get graphics() {
      return graphics;
    },
    get mode() {
      return mode;
    },
    take(sequence) {
      if (!isAccepting) return;
      replies = readGraphicsReply(replies, sequence);
      replies = { ...replies, cellPixels: cellPixelsOf(replies, screenSize()) };
      // The first answers alone could lead to a choice that the others revoke.
      if (replies.complete) decide();
    },
    choose(next) {
      mode = next;
      decide();
    },
  };
}
