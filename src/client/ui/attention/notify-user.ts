import { contentType } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import type { Item } from '../../session/item.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { isMention, mentionsOf } from './mentions.js';

/** Between two calls, in milliseconds: a flood rings once. */
const pauseBetween = 3000;

/** Where the terminal never tells who has the keyboard: nobody is here after this time without a key, in milliseconds. */
const awayAfter = 60_000;

const longestText = 200;

/** Calls the user for new messages of others, as the bell is set; never one who is at this window. */
export function callUser(state: AppState, arrivals: readonly Item[], at: number): AppUpdate {
  const { bell } = state.preferences;
  if (bell === 'off' || !isAway(state, at) || at - state.notifiedAt < pauseBetween) return [state, []];
  const pattern = mentionsOf(state);
  const reasons = bell === 'all' ? arrivals : arrivals.filter((item) => isMention(item, pattern));
  const [first] = reasons;
  if (!first) return [state, []];
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
  return [{ ...state, notifiedAt: at }, [{ type: 'notify', text: describe(first) + more }]];
}

/** Whether the user looks elsewhere. */
function isAway({ focused, tellsFocus, inputAt }: AppState, at: number): boolean {
  return tellsFocus ? !focused : at - inputAt >= awayAfter;
}

/** As it came: the terminal's own code cleans it. */
function describe({ message }: Item): string {
  const said =
    message.type === contentType.image
      ? 'an image'
      : decodeText(message.content.subarray(0, longestText * 4));
  return `${message.from}: ${said.slice(0, longestText).toWellFormed()}`;
}

/** What the terminal's window is called: how much is unread shows where only the title is seen. */
export function windowTitle({ unread }: AppState): string {
  return unread > 0 ? `chat · ${unread} new` : 'chat';
}
