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
import { chooseGraphics, type Graphics } from './graphics.js';
import type { CellSize } from './image-renderer.js';
import { withOuterTerminal, type OuterTerminal } from './tmux-graphics.js';

/** What a detection works with. */
export type DetectionOptions = {
  readonly mode: ImageMode;
  readonly depth: ColourDepth;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Writes the question to the terminal. */
  readonly ask: (query: string) => void;
  /** The size of the screen in cells. */
  readonly screenSize: () => CellSize;
  /** Asks the tmux that this runs in; undefined where it does not answer. */
  readonly askTmux: () => Promise<OuterTerminal | undefined>;
  /** How images are shown has changed. Never called by `detectGraphics` itself. */
  readonly onChange: () => void;
};

/** How images are shown, found out while the program runs already. */
export type GraphicsDetection = {
  /** As of now. A new value only when something changed. */
  readonly graphics: Graphics;
  /** What the user asked for. */
  readonly mode: ImageMode;
  /** Takes a reply of the terminal, whatever it answers. */
  take(sequence: string): void;
  /** The user asks for another way. */
  choose(mode: ImageMode): void;
};

/** Terminals answer within milliseconds, over a slow line within a second or two. */
const timeLimit = 3000;

/**
 * Asks the terminal what it can show. Nothing waits for the answers: until they are there images are shown in a
 * way that works everywhere. Answers that come after three seconds count no more.
 */
export function detectGraphics(options: DetectionOptions): GraphicsDetection {
  const { depth, env, clock, random, ask, screenSize, askTmux, onChange } = options;
  let { mode } = options;
  let replies = noReplies;
  let tmux: OuterTerminal | undefined;
  let isOpen = true;
  let graphics = chooseGraphics({ mode, depth, env, replies }, random);

  function decide(): void {
    const known = isInTmux(env) ? withOuterTerminal(replies, tmux) : replies;
    const next = chooseGraphics({ mode, depth, env, replies: known }, random);
    const isSame =
      next.protocol === graphics.protocol && JSON.stringify(next.scale) === JSON.stringify(graphics.scale);
    if (isSame) return;
    graphics = next;
    onChange();
  }

  ask(graphicsQuery);
  clock.after(timeLimit, () => (isOpen = false));
  if (isInTmux(env)) {
    void askTmux().then((surroundings) => {
      tmux = surroundings;
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
      if (!isOpen) return;
      replies = readGraphicsReply(replies, sequence);
      replies = { ...replies, cellPixels: cellPixelsOf(replies, screenSize()) };
      // Half of the answers could lead to a choice that the other half takes back.
      if (replies.complete) decide();
    },
    choose(next) {
      mode = next;
      decide();
    },
  };
}
