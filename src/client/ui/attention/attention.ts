import { foldText, foldWithOffsets } from '../../../shared/fold-text.js';
import { contentType, mentionAll, type Message, roomType } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import type { IsMention } from '../../session/effects.js';
import type { Item } from '../../session/item.js';
import type { Conversation } from '../../session/state.js';
import { truncate } from '../../terminal/text/text-width.js';
import { roomLabel } from '../rooms/room-names.js';
import { hasSeveralRooms, urgentCount } from '../rooms/room-order.js';
import { settingsOf } from '../rooms/room-settings.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { notifyLevelOf } from '../state/preferences.js';

/**
 * Matches whole words of a folded text, with an `@` before them, and `@all`. Not for `test`: a global pattern continues after
 * its last match.
 */
export function mentionPattern(words: readonly string[]): RegExp | undefined {
  const folded = words.filter((word) => word !== '').map(foldText);
  if (folded.length === 0) return undefined;
  const escaped = folded.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const names = `@${mentionAll}|@?(?:${escaped.join('|')})`;
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${names})(?![\p{L}\p{N}_])`, 'giu');
}

/** The user's own name, and the words of `/highlight`. */
export function mentionsOf({ session, preferences }: AppState): RegExp | undefined {
  return mentionPattern([session?.user ?? '', ...preferences.highlights]);
}

export function isMention(
  { mine, message }: Pick<Item, 'mine' | 'message'>,
  pattern: RegExp | undefined,
): boolean {
  if (mine || !pattern || message.type === contentType.image) return false;
  const { mentions = [] } = message.detail ?? {};
  return [decodeText(message.content), ...mentions.map((name) => `@${name}`)].some(
    (text) => foldText(text).search(pattern) >= 0,
  );
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

/** A new message of someone else in the room with this number. */
export type Arrival = { readonly item: Item; readonly room: number };

/**
 * Notifies the user of new messages of others, as set by `/bell` and for each room: an absent user of all of them, a
 * present one of those in other rooms. A direct message counts as a mention.
 */
export function notifyUser(state: AppState, arrivals: readonly Arrival[], at: number): AppUpdate {
  const { preferences, session } = state;
  if (preferences.bell === 'off' || arrivals.length === 0 || !session) return [state, []];
  if (at - state.attention.notifiedAtMs < notificationIntervalMs) return [state, []];
  const pattern = mentionsOf(state);
  const isHere = !isAway(state, at);
  const reasons = arrivals
    .filter((arrival) => !(isHere && arrival.room === state.room) && isWanted(arrival, session))
    .sort((one, other) => one.item.message.sequence - other.item.message.sequence);
  const [first] = reasons;
  if (!first) return [state, []];

  function isWanted({ item, room: number }: Arrival, { rooms }: Conversation): boolean {
    const settings = settingsOf(session, preferences, number);
    if (settings.mutedUntil > 0) return false;
    const chosen = notifyLevelOf(settings);
    const level = chosen === 'default' ? preferences.bell : chosen;
    if (level !== 'mentions') return level === 'all';
    return rooms.get(number)?.room.type === roomType.direct || isMention(item, pattern);
  }

  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
  return [
    { ...state, attention: { ...state.attention, notifiedAtMs: at } },
    [{ type: 'notify', text: describe(first, session) + more }],
  ];
}

function isAway({ attention }: AppState, at: number): boolean {
  const { focused, supportsFocusEvents, lastInputAtMs } = attention;
  return supportsFocusEvents ? !focused : at - lastInputAtMs >= awayAfterMs;
}

/** Not sanitised: the effect does that. */
function describe({ item: { message }, room }: Arrival, session: Conversation): string {
  const text =
    message.type === contentType.image
      ? 'an image'
      : decodeText(message.content.subarray(0, maxTextLength * 4));
  return `${whereOf(session, room)}${message.from}: ${text.slice(0, maxTextLength).toWellFormed()}`;
}

/** Empty if the author says it: in a direct room of two, and if there is a single room. */
function whereOf(session: Conversation, number: number): string {
  const room = session.rooms.get(number)?.room;
  const isPair = room?.type === roomType.direct && room.participants.length <= 2;
  return room && !isPair && hasSeveralRooms(session) ? `${roomLabel(room, session.user)} · ` : '';
}

/** With several rooms the number is that of mentions and direct messages in all of them. */
/** A direct room may have many long names. */
const maxTitleLabelCells = 50;

export function windowTitle({ reading: { unreadCount }, session, preferences }: AppState): string {
  if (!session || !hasSeveralRooms(session)) return unreadCount > 0 ? `chat · ${unreadCount} new` : 'chat';
  const urgent = urgentCount(session, preferences);
  const label = truncate(roomLabel(session.room, session.user), maxTitleLabelCells);
  return `${urgent > 0 ? `(${urgent}) ` : ''}${label} · chat`;
}

/** What the session asks about new messages; `state` is the current one. */
export function mentionTest(state: () => AppState): IsMention {
  let known: { readonly causes: readonly unknown[]; readonly pattern: RegExp | undefined } | undefined;
  return (message: Message) => {
    const { session, preferences } = state();
    const { ignored, highlights } = preferences;
    if (ignored.length > 0 && ignored.includes(foldText(message.from))) return 'ignored';
    const causes = [session?.user, highlights];
    if (!known || causes.some((cause, index) => cause !== known?.causes[index]))
      known = { causes, pattern: mentionsOf(state()) };
    return isMention({ mine: false, message }, known.pattern);
  };
}
