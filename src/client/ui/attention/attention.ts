import { foldText, foldWithOffsets } from '../../../shared/fold-text.js';
import { contentType } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import type { Item } from '../../session/item.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';

/** Matches whole words of a folded text, with an `@` before them. Not for `test`: a global pattern continues after its last match. */
export function mentionPattern(words: readonly string[]): RegExp | undefined {
  const folded = words.filter((word) => word !== '').map(foldText);
  if (folded.length === 0) return undefined;
  const escaped = folded.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])@?(?:${escaped.join('|')})(?![\p{L}\p{N}_])`, 'giu');
}

/** The user's own name, and the words of `/highlight`. */
export function mentionsOf({ session, preferences }: AppState): RegExp | undefined {
  return mentionPattern([session?.user ?? '', ...preferences.highlights]);
}

export function isMention({ mine, message }: Pick<Item, 'mine' | 'message'>, pattern: RegExp | undefined): boolean {
  if (mine || !pattern || message.type === contentType.image) return false;
  return foldText(decodeText(message.content)).search(pattern) >= 0;
}

/** The parts of a text: plain, mention, plain, … */
export function mentionParts(text: string, pattern: RegExp): string[] {
  const parts: string[] = [];
  let end = 0;
  const folded = foldWithOffsets(text);
  for (const match of folded.text.matchAll(pattern)) {
    const found = folded.range(match.index, match.index + match[0].length);
    // One character may fold to two, each of them a match.
    if (found.start < end) continue;
    parts.push(text.slice(end, found.start), text.slice(found.start, found.end));
    ({ end } = found);
  }
  return [...parts, text.slice(end)];
}

const notificationIntervalMs = 3000;

/** Without focus events, a user who presses no key for this long counts as away. */
const awayAfterMs = 60_000;

const maxTextLength = 200;

/** Notifies an absent user of new messages of others, as set by `/bell`. */
export function notifyUser(state: AppState, arrivals: readonly Item[], at: number): AppUpdate {
  const { bell } = state.preferences;
  if (bell === 'off' || !isAway(state, at) || at - state.attention.notifiedAtMs < notificationIntervalMs)
    return [state, []];
  const pattern = mentionsOf(state);
  const reasons = bell === 'all' ? arrivals : arrivals.filter((item) => isMention(item, pattern));
  const [first] = reasons;
  if (!first) return [state, []];
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
  return [
    { ...state, attention: { ...state.attention, notifiedAtMs: at } },
    [{ type: 'notify', text: describe(first) + more }],
  ];
}

function isAway({ attention }: AppState, at: number): boolean {
  const { focused, supportsFocusEvents, lastInputAtMs } = attention;
  return supportsFocusEvents ? !focused : at - lastInputAtMs >= awayAfterMs;
}

/** Not sanitised: the effect does that. */
function describe({ message }: Item): string {
  const text =
    message.type === contentType.image
      ? 'an image'
      : decodeText(message.content.subarray(0, maxTextLength * 4));
  return `${message.from}: ${text.slice(0, maxTextLength).toWellFormed()}`;
}

export function windowTitle({ reading: { unreadCount } }: AppState): string {
  return unreadCount > 0 ? `chat · ${unreadCount} new` : 'chat';
}
