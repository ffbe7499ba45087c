import { contentType } from '../../../shared/message.js';
import { foldText, foldWithPlaces } from '../../../shared/fold-text.js';
import { decodeText } from '../../../shared/text.js';
import type { Item } from '../../session/item.js';
import type { AppState } from '../state/app-state.js';

// Patterns already made: the same words give the same pattern, so that finished rows are not made anew.
let last: { words: string; pattern: RegExp | undefined } = { words: '', pattern: undefined };

/**
 * Finds the words wherever they stand as whole words in a folded text. Global: for `search`, `split` and `matchAll`,
 * not for `test`, which would remember where it was.
 */
export function mentionPattern(words: readonly string[]): RegExp | undefined {
  const sought = words.filter((word) => word !== '').map(foldText);
  const joined = JSON.stringify(sought);
  if (joined !== last.words) last = { words: joined, pattern: wholeWords(sought) };
  return last.pattern;
}

function wholeWords(words: readonly string[]): RegExp | undefined {
  if (words.length === 0) return undefined;
  const escaped = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${escaped.join('|')})(?![\p{L}\p{N}_])`, 'giu');
}

/** What counts as naming the user: the own name, and the words of `/highlight`. */
export function mentionsOf({ session, preferences }: AppState): RegExp | undefined {
  return mentionPattern([session?.user ?? '', ...preferences.highlights]);
}

/** Whether somebody else's text contains one of the words. */
export function isMention({ mine, message }: Item, pattern: RegExp | undefined): boolean {
  if (mine || !pattern || message.type === contentType.image) return false;
  return foldText(decodeText(message.content)).search(pattern) >= 0;
}

/** The parts of a text; every second one, from the second on, is a mention. */
export function mentionParts(text: string, pattern: RegExp): string[] {
  const parts: string[] = [];
  let end = 0;
  const folded = foldWithPlaces(text);
  for (const match of folded.text.matchAll(pattern)) {
    const found = folded.range(match.index, match.index + match[0].length);
    // One written character may be two folded ones, each of them a match.
    if (found.start < end) continue;
    parts.push(text.slice(end, found.start), text.slice(found.start, found.end));
    ({ end } = found);
  }
  return [...parts, text.slice(end)];
}
