import type { Item } from '../../session/item.js';
import { itemAt, itemCount, type SessionState } from '../../session/state.js';
import { style } from '../../terminal/style.js';
import { formatDay, dayNumber } from './local-time.js';
import { type BlockRow, type BlockStyle, messageBlock } from './message-block.js';
import type { RowSource } from './viewport.js';

/** Why a picture cannot be shown, or undefined while it can or may yet be. */
export type PictureFailure = (item: Item) => string | undefined;

/**
 * The list as rows. Rows are made once per message, width and state of its picture and kept as long as the
 * session keeps the message, so a key press lays out nothing anew.
 */
export class MessageList implements RowSource {
  readonly #session: SessionState;
  readonly #cache: RowCache;
  readonly #unreadKey: string | undefined;

  constructor(session: SessionState, cache: RowCache, unreadKey: string | undefined) {
    this.#session = session;
    this.#cache = cache;
    this.#unreadKey = unreadKey;
  }

  get count(): number {
    return itemCount(this.#session);
  }

  height(index: number): number {
    return this.rows(index).length;
  }

  keyAt(index: number): string {
    return itemAt(this.#session, index)?.key ?? '';
  }

  indexOf(key: string): number {
    for (let index = this.count - 1; index >= 0; index--) if (this.keyAt(index) === key) return index;
    return -1;
  }

  /** The rows at `index`: a day's heading and the unread line where they belong, then the message. */
  rows(index: number): readonly BlockRow[] {
    const item = itemAt(this.#session, index);
    if (!item) return [''];
    const before = index > 0 ? itemAt(this.#session, index - 1) : undefined;
    const rows = this.#cache.rows(item);
    const startsDay = !before || dayNumber(before.message.timestamp) !== dayNumber(item.message.timestamp);
    const isUnread = item.key === this.#unreadKey;
    if (!startsDay && !isUnread) return rows;
    return [
      ...(startsDay ? [this.#cache.rule(formatDay(item.message.timestamp))] : []),
      ...(isUnread ? [this.#cache.rule('new')] : []),
      ...rows,
    ];
  }
}

/** The finished rows of messages in one style. Made anew when the style changes. */
export class RowCache {
  readonly #rows = new WeakMap<Item, { rows: readonly BlockRow[]; failure: string | undefined }>();
  readonly look: BlockStyle;
  readonly #failureOf: PictureFailure;

  constructor(look: BlockStyle, failureOf: PictureFailure) {
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
    const dashes = Math.max(0, this.look.width - 4 - label.length);
    const left = Math.floor(dashes / 2);
    const text = ` ${'─'.repeat(left)} ${label} ${'─'.repeat(dashes - left)}`;
    return style(text, { dim: true }, this.look.depth);
  }
}
