import { ChatError, errorCodes } from '../../../shared/errors.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { maxSourceBytes } from '../decode/image-header.js';
import type { Frame } from './frames.js';

/** Work on one image, whose bytes are sent along unless it is a file. */
export type ImageJob =
  | { readonly kind: 'prepare'; readonly maxBytes: number }
  /** An absolute path: the bytes of the file do not enter the client's process. */
  | { readonly kind: 'prepare-file'; readonly path: string; readonly maxBytes: number }
  | { readonly kind: 'png'; readonly width: number; readonly height: number }
  /** Base64 of strips of equal height, one on each line. */
  | { readonly kind: 'smallest'; readonly width: number; readonly height: number; readonly strips: number }
  | {
      readonly kind: 'half-blocks';
      readonly columns: number;
      readonly rows: number;
      readonly depth: BlockDepth;
    }
  /** Sixel sequences of exactly this size, one for each strip. */
  | { readonly kind: 'sixel'; readonly width: number; readonly height: number; readonly stripHeight: number };

/** Without colours, half blocks would show nothing. */
export type BlockDepth = Exclude<ColourDepth, 'none'>;

/** The result of a job. */
export type ImageJobResult = {
  readonly bytes: Uint8Array;
  readonly scaled: boolean;
};

/** Twice an image, since text may be larger. */
export const maxResultBytes = 2 * maxSourceBytes;

export function describeFailure(thrown: unknown): object {
  const { code, message, hint } = ChatError.from(thrown);
  return { code, message, hint };
}

export function readAnswer({ header, body }: Frame): ImageJobResult {
  const answer = typeof header === 'object' && header ? header : {};
  const code = errorCodes.find((known) => 'code' in answer && answer.code === known);
  if (code === undefined) return { bytes: body, scaled: 'scaled' in answer && answer.scaled === true };
  const message = 'message' in answer ? String(answer.message) : '';
  const hint = 'hint' in answer ? { hint: String(answer.hint) } : {};
  throw new ChatError(code, message, hint);
}
