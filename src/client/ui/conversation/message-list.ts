import type { Item } from '../../session/item.js';
import type { SessionState } from '../../session/state.js';
import { style } from '../../terminal/colour/style.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';
import type { AppState } from '../state/app-state.js';
import { isMention } from '../attention/mentions.js';
import { dayNumber, formatDay } from './local-time.js';
import { type BlockRow, type BlockStyle, messageBlock } from './message-block.js';
import { shownItems, type ShownItems } from './shown-items.js';
import type { RowSource } from './viewport.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { Preferences } from '../state/preferences.js';

/** What of the screen's state shows in the list. */
export type ListMarks = Pick<AppState, 'reading' | 'preferences'>;

/** Why a picture cannot be shown, or undefined while it can or may yet be. */
export type ImageFailure = (item: Item) => string | undefined;

/**
 * The list as rows. Rows are made once per message, width and state of its picture and kept as long as the
 * session keeps the message, so a key press lays out nothing anew.
 */
export class MessageList implements RowSource {
  readonly #session: SessionState;
  readonly #items: ShownItems;
  readonly #cache: RowCache;
  readonly #marks: ListMarks;

  constructor(session: SessionState, cache: RowCache, marks: ListMarks) {
    this.#session = session;
    this.#items = shownItems(session, marks.preferences);
    this.#cache = cache;
    this.#marks = marks;
  }

  get count(): number {
    return this.#items.length;
  }

  height(index: number): number {
    return this.rows(index).length;
  }

  /** The message at `index`; undefined outside the list. */
  itemAt(index: number): Item | undefined {
    return this.#items.at(index);
  }

  /** How many of the rows at `index` are the message's own; headings stand above them. */
  messageHeight(index: number): number {
    const item = this.#items.at(index);
    return item ? this.#cache.rows(item).length : 0;
  }

  keyAt(index: number): string {
    return this.#items.at(index)?.key ?? '';
  }

  indexOf(key: string): number {
    for (let index = this.count - 1; index >= 0; index--) if (this.keyAt(index) === key) return index;
    return -1;
  }

  /** Whether the message at `index` mentions the user. */
  isMention(index: number): boolean {
    const item = this.#items.at(index);
    return item !== undefined && isMention(item, this.#cache.look.mentions);
  }

  /** The rows at `index`: what stands above the list, a day's heading and the unread line, then the message. */
  rows(index: number): readonly BlockRow[] {
    const item = this.#items.at(index);
    if (!item) return [''];
    const before = index > 0 ? this.#items.at(index - 1) : undefined;
    const rows = this.#cache.rows(item);
    const above = index === 0 ? olderMessagesText(this.#session, this.#marks.preferences) : undefined;
    const startsDay = !before || dayNumber(before.message.timestamp) !== dayNumber(item.message.timestamp);
    const isUnread = item.key === this.#marks.reading.unreadKey;
    const isHighlighted = item.key === this.#marks.reading.highlightedKey;
    if (above === undefined && !startsDay && !isUnread && !isHighlighted) return rows;
    return [
      ...(above === undefined ? [] : [this.#cache.rule(above)]),
      ...(startsDay ? [this.#cache.rule(formatDay(item.message.timestamp))] : []),
      ...(isUnread ? [this.#cache.rule('new')] : []),
      ...(isHighlighted ? withPointer(rows) : rows),
    ];
  }
}

/** The first row with a pointer in its first cell, which is a blank; styles before it hold none. */
function withPointer([first = '', ...others]: readonly BlockRow[]): BlockRow[] {
  const point = (row: string) => row.replace(' ', '▸');
  return [typeof first === 'string' ? point(first) : { ...first, before: point(first.before) }, ...others];
}

/** The finished rows of messages in one style. Made anew when the style changes. */
export class RowCache {
  readonly #rows = new WeakMap<Item, { rows: readonly BlockRow[]; failure: string | undefined }>();
  readonly look: BlockStyle;
  readonly #failureOf: ImageFailure;

  constructor(look: BlockStyle, failureOf: ImageFailure) {
    this.look = look;
    this.#failureOf = failureOf;
  }

  /** A message's rows. An item never changes: what changes it makes a new one. */
  rows(item: Item): readonly BlockRow[] {
    const failure = this.#failureOf(item);
    const known = this.#rows.get(item);
    if (known && known.failure === failure) return known.rows;
    const rows = messageBlock(item, this.look, failure);
    this.#rows.set(item, { rows, failure });
    return rows;
  }

  /** `──── label ────` over the whole width. */
  rule(label: string): string {
    const shown = truncate(label, Math.max(1, this.look.width - 6));
    const dashes = Math.max(0, this.look.width - 4 - textWidth(shown));
    const left = Math.floor(dashes / 2);
    const text = ` ${'─'.repeat(left)} ${shown} ${'─'.repeat(dashes - left)}`;
    return style(text, { dim: true }, this.look.depth);
  }
}

/** The message list as it is laid out now, and the rows and columns that its area has. */
export type ListView = {
  readonly source: MessageList;
  readonly height: number;
  readonly width: number;
};

/** What stands above the oldest message: how it is with the pages before it. Undefined while that is not known. */
function olderMessagesText({ older }: SessionState, { clearedKey }: Preferences): string | undefined {
  if (clearedKey !== undefined) return 'cleared · PgUp brings the messages back';
  switch (older.type) {
    case 'more':
      return undefined;
    case 'loading':
      return 'loading older messages…';
    case 'none':
      return 'beginning of the conversation';
    case 'full':
      return 'for older messages, use Ctrl+F or chat history';
    case 'failed':
      return `could not load older messages: ${sanitiseLine(older.reason.message)}`;
  }
}
