import { graphemes } from './graphemes.js';
import { graphemeWidth, textWidth } from './text-width.js';

/** At most `width` cells; a cut shows as `…`. For text without escape sequences. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 1) return '';
  let kept = '';
  let left = width - 1;
  for (const grapheme of graphemes(text)) {
    left -= graphemeWidth(grapheme);
    if (left < 0) break;
    kept += grapheme;
  }
  return `${kept}…`;
}
