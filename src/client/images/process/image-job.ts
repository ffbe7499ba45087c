import { ChatError, errorCodes } from '../../../shared/errors.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { maxSourceBytes } from '../decode/image-header.js';
import type { Frame } from './frames.js';

/** Work on one image, whose bytes go with it, unless it is a file's. What comes of it is bytes, too. */
export type ImageJob =
  /** A PNG that can be sent: see `prepareImage`. */
  | { readonly kind: 'prepare'; readonly maxBytes: number }
  /** The same of a file at an absolute path, so that its bytes do not come into the program in which somebody types. */
  | { readonly kind: 'prepare-file'; readonly path: string; readonly maxBytes: number }
  /** A PNG of at most so many pixels. */
  | { readonly kind: 'png'; readonly width: number; readonly height: number }
  /** The same, but a JPEG where that takes far fewer bytes. */
  | { readonly kind: 'smallest'; readonly width: number; readonly height: number }
  /** Rows of half blocks, a line each. */
  | {
      readonly kind: 'half-blocks';
      readonly columns: number;
      readonly rows: number;
      readonly depth: BlockDepth;
    }
  /** An image of exactly so many pixels as sixel sequences, each a strip of `stripHeight` pixels, the last one of what is left. */
  | { readonly kind: 'sixel'; readonly width: number; readonly height: number; readonly stripHeight: number };

/** With how many colours half blocks are drawn: without any they would show nothing. */
export type BlockDepth = Exclude<ColourDepth, 'none'>;

/** What came of a job. */
export type ImageJobResult = {
  readonly bytes: Uint8Array;
  /** True for a prepared image of fewer pixels than its source. */
  readonly scaled: boolean;
};

/** The most bytes of one result: twice what an image may have, for what text adds. */
export const maxResultBytes = 2 * maxSourceBytes;

/** What a failure says of itself to the other process. */
export function describeFailure(thrown: unknown): object {
  const { code, message, hint } = ChatError.from(thrown);
  return { code, message, hint };
}

/** The result that an answer brings. Throws the ChatError that it tells of. */
export function readAnswer({ header, body }: Frame): ImageJobResult {
  const answer = typeof header === 'object' && header ? header : {};
  const code = errorCodes.find((known) => 'code' in answer && answer.code === known);
  if (code === undefined) return { bytes: body, scaled: 'scaled' in answer && answer.scaled === true };
  const message = 'message' in answer ? String(answer.message) : '';
  const hint = 'hint' in answer ? { hint: String(answer.hint) } : {};
  throw new ChatError(code, message, hint);
}
