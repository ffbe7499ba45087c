import { graphemes } from './graphemes.js';
import { sanitiseText } from './sanitise.js';

const altered =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\p{Default_Ignorable_Code_Point}\u{10eeee}]|[\p{M}\p{Emoji_Modifier}\p{Grapheme_Extend}]{9}/u;
const letter = /^\p{Lo}/u;
const joiners = /[\u200c\u200d]$/;

// By grapheme and, where it matters, the next letter; of the module, as the widths. Cleared when full, as they are.
const known = new Map<string, string>();
const maxCachedGraphemes = 4096;
const maxCachedLength = 32;

/** Each grapheme as it is, as spaces (a tab) or empty: cursor positions in the text stay valid. */
export function shownGraphemes(line: readonly string[]): readonly string[] {
  if (!altered.test(line.join(''))) return line;
  return line.map((grapheme, index) => shownGrapheme(grapheme, line[index + 1] ?? ''));
}

function shownGrapheme(grapheme: string, behind: string): string {
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

export function shownText(line: string): string {
  return shownGraphemes(graphemes(line)).join('');
}
