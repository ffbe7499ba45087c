import type { Item } from '../../session/item.js';
import { itemAt, itemCount, type Conversation } from '../../session/state.js';
import type { Preferences } from '../state/preferences.js';
import { foldText } from '../../../shared/fold-text.js';

/** The messages that the list shows, oldest first. */
export type ShownItems = { readonly length: number; at(index: number): Item | undefined };

/** The messages that are not shown. */
export type Hidden = Pick<Preferences, 'ignored' | 'clearedKey'>;

// The list is needed at every key, but filtered once per state, which is immutable and owns the result.
const filtered = new WeakMap<Conversation, { hidden: Hidden; items: ShownItems }>();

/** The messages of the session without the hidden ones. */
export function shownItems(session: Conversation, hidden: Hidden): ShownItems {
  const { ignored, clearedKey } = hidden;
  if (ignored.length === 0 && clearedKey === undefined) {
    const { excerpt } = session;
    if (excerpt) return excerpt.items;
    return { length: itemCount(session), at: (index) => itemAt(session, index) };
  }
  const known = filtered.get(session);
  if (known?.hidden === hidden) return known.items;
  const items = notHidden(session, hidden);
  filtered.set(session, { hidden, items });
  return items;
}

/** The message with the key, searched from the newest on. */
export function shownItem(session: Conversation | undefined, hidden: Hidden, key: string): Item | undefined {
  const items = session && shownItems(session, hidden);
  for (let index = items ? items.length - 1 : -1; index >= 0; index--) {
    const item = items?.at(index);
    if (item?.key === key) return item;
  }
  return undefined;
}

/** Own messages are never ignored. */
export function isIgnored({ message, mine }: Item, ignored: readonly string[]): boolean {
  return !mine && ignored.length > 0 && ignored.includes(foldText(message.from));
}

function notHidden({ timeline, pending, excerpt }: Conversation, { ignored, clearedKey }: Hidden): Item[] {
  const all = excerpt ? [...excerpt.items] : [...timeline.items, ...pending.map(({ item }) => item)];
  // If the message is gone, everything above it is gone too.
  const cleared = clearedKey === undefined ? -1 : all.findLastIndex(({ key }) => key === clearedKey);
  return all.slice(cleared + 1).filter((item) => !isIgnored(item, ignored));
}
