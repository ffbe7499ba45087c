import { graphemes } from './graphemes.js';
import { sanitiseText } from './sanitise.js';

/** Whatever `sanitiseText` would change; most texts hold nothing of it. */
const altered =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\p{Default_Ignorable_Code_Point}\u{10eeee}]|[\p{M}\p{Emoji_Modifier}\p{Grapheme_Extend}]{9}/u;
const letter = /^\p{Lo}/u;
const joiners = /[\u200c\u200d]$/;

/** Graphemes seen before, with the letter behind them where that matters. Emptied when full: hostile text must not fill the memory. */
const known = new Map<string, string>();
const maxCachedGraphemes = 4096;
/** Longer graphemes are not worth keeping: they do not come twice. */
const maxCachedLength = 32;

/**
 * How each grapheme of one line of text from outside is drawn: as it is, as spaces (a tab), or as nothing (a character
 * without a shape of its own). So a text can be kept as it is, and the place of a cursor in it is known.
 */
export function shownGraphemes(line: readonly string[]): readonly string[] {
  if (!altered.test(line.join(''))) return line;
  return line.map((grapheme, index) => shownGrapheme(grapheme, line[index + 1] ?? ''));
}

function shownGrapheme(grapheme: string, behind: string): string {
  // A joiner at the end stays or goes by the letter behind it.
  const next = joiners.test(grapheme) ? (letter.exec(behind)?.[0] ?? '') : '';
  const key = next === '' ? grapheme : `${grapheme}\n${next}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const isAltered = altered.test(grapheme);
  const whole = isAltered ? sanitiseText(grapheme + next).replaceAll('\n', '') : grapheme + next;
  const shown = whole.slice(0, whole.length - next.length);
  if (key.length <= maxCachedLength) {
    if (known.size >= maxCachedGraphemes) known.clear();
    known.set(key, shown);
  }
  return shown;
}

/** How one line of text from outside is drawn: only what `shownGraphemes` leaves of it. */
export function shownText(line: string): string {
  return shownGraphemes(graphemes(line)).join('');
}
