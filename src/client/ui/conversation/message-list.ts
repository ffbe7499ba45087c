import type { Item } from '../../session/item.js';
import type { SessionState } from '../../session/state.js';
import { style } from '../../terminal/colour/style.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';
import type { ComposerLayout } from '../composer/composer-layout.js';
import type { AppState } from '../state/app-state.js';
import { isMention } from '../attention/mentions.js';
import { dayNumber, formatDay } from './local-time.js';
import { type BlockRow, type BlockStyle, messageBlock } from './message-block.js';
import { shownItems, type ShownItems } from './shown-items.js';
import type { RowSource } from './viewport.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { Preferences } from '../state/preferences.js';

/** The part of the state that affects the list. */
export type ListMarks = Pick<AppState, 'reading' | 'preferences'>;

/** Why an image cannot be shown; undefined if it can, or if that is not known yet. */
export type ImageFailure = (item: Item) => string | undefined;

/** The list as rows. The rows of a message are cached, so that a key press lays out nothing. */
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

  get endsAtNewest(): boolean {
    return this.#session.excerpt === undefined;
  }

  height(index: number): number {
    return this.rows(index).length;
  }

  itemAt(index: number): Item | undefined {
    return this.#items.at(index);
  }

  /** The number of rows without the headings above the message. */
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

  isMention(index: number): boolean {
    const item = this.#items.at(index);
    return item !== undefined && isMention(item, this.#cache.look.mentions);
  }

  /** The rows at `index`, including the headings above the message. */
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

/** Replaces the blank first cell by a pointer; styles before it contain no blank. */
function withPointer([first = '', ...others]: readonly BlockRow[]): BlockRow[] {
  const point = (row: string) => row.replace(' ', '▸');
  return [typeof first === 'string' ? point(first) : { ...first, before: point(first.before) }, ...others];
}

/** The finished rows of messages in one style. */
export class RowCache {
  readonly #rows = new WeakMap<Item, { rows: readonly BlockRow[]; failure: string | undefined }>();
  readonly look: BlockStyle;
  readonly #failureOf: ImageFailure;

  constructor(look: BlockStyle, failureOf: ImageFailure) {
    this.look = look;
    this.#failureOf = failureOf;
  }

  /** Items are immutable, so that a changed message is another item. */
  rows(item: Item): readonly BlockRow[] {
    const failure = this.#failureOf(item);
    const known = this.#rows.get(item);
    if (known && known.failure === failure) return known.rows;
    const rows = messageBlock(item, this.look, failure);
    this.#rows.set(item, { rows, failure });
    return rows;
  }

  rule(label: string): string {
    const shown = truncate(label, Math.max(1, this.look.width - 6));
    const dashes = Math.max(0, this.look.width - 4 - textWidth(shown));
    const left = Math.floor(dashes / 2);
    const { depth, theme } = this.look;
    const line = (text: string) => style(text, { colour: theme.line }, depth);
    return (
      line(` ${'─'.repeat(left)} `) +
      style(shown, { colour: theme.faint }, depth) +
      line(` ${'─'.repeat(dashes - left)}`)
    );
  }
}

/** The current layout of the message list. */
export type ListView = {
  readonly source: MessageList;
  readonly height: number;
  readonly width: number;
  /** The rows of the composer, for Up and Down. */
  readonly draft: ComposerLayout;
};

/** The state of the previous page, shown above the oldest message; undefined if it is not known. */
function olderMessagesText(session: SessionState, { clearedKey }: Preferences): string | undefined {
  const { previousPage } = session.excerpt ?? session;
  if (clearedKey !== undefined) return 'cleared · PgUp brings the messages back';
  switch (previousPage.type) {
    case 'more':
      return undefined;
    case 'loading':
      return 'loading older messages…';
    case 'none':
      return 'beginning of the conversation';
    case 'full':
      return 'for older messages, use Ctrl+F or chat history';
    case 'failed':
      return `could not load older messages: ${sanitiseLine(previousPage.reason.message)}`;
  }
}
