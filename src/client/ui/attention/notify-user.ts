import { contentType } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import type { Item } from '../../session/item.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { isMention, mentionsOf } from './mentions.js';

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
