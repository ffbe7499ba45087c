import type { Item } from '../../session/item.js';
import { loadedMessage } from '../../session/message-changes.js';
import type { Conversation } from '../../session/state.js';
import { style } from '../../terminal/colour/style.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import { wrapText } from '../../terminal/text/wrap.js';
import type { ComposerLayout } from '../composer/composer-layout.js';
import type { AppState } from '../state/app-state.js';
import { dayNumber, formatDay } from './local-time.js';
import {
  type BlockBody,
  type BlockContext,
  type BlockRow,
  type BlockStyle,
  messageBody,
  messageRows,
} from './message-block.js';
import type { Original } from './message-state.js';
import { shownItems, type ShownItems } from './shown-items.js';
import type { RowSource } from './viewport.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { Preferences } from '../state/preferences.js';

/** The part of the state that affects the list. */
export type ListMarks = Pick<AppState, 'reading' | 'preferences' | 'deliveredUntilMs'>;

/** Why an image cannot be shown; undefined if it can, or if that is not known yet. */
export type ImageFailure = (item: Item) => string | undefined;

/** The list as rows. The rows of a message are cached, so that a key press lays out nothing. */
export class MessageList implements RowSource {
  readonly #session: Conversation;
  readonly #items: ShownItems;
  readonly #cache: RowCache;
  readonly #marks: ListMarks;

  constructor(session: Conversation, cache: RowCache, marks: ListMarks) {
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
    return item ? this.#cache.height(item) : 0;
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
    return item !== undefined && this.#cache.isMention(item);
  }

  /** The rows at `index`, including the headings above the message; `isTop`: nothing above them is in view. */
  rows(index: number, isTop = false): readonly BlockRow[] {
    const item = this.#items.at(index);
    if (!item) return [''];
    const { unreadKey, highlightedKey } = this.#marks.reading;
    const before = index > 0 ? this.#items.at(index - 1) : undefined;
    const above = index === 0 ? olderMessagesText(this.#session, this.#marks.preferences) : undefined;
    const startsDay = !before || dayNumber(before.message.timestamp) !== dayNumber(item.message.timestamp);
    const isUnread = item.key === unreadKey;
    const isHighlighted = item.key === highlightedKey;
    const isApart = isTop || startsDay || isUnread || isHighlighted;
    const context: BlockContext = {
      heading: isApart || this.#cache.isAction(before) ? 'name' : headingBelow(before, item),
      showsDelivered: item.mine && this.#marks.deliveredUntilMs.has(item.key),
    };
    const rows = this.#cache.rows(item, context, originalOf(this.#session, item));
    if (above === undefined && !startsDay && !isUnread && !isHighlighted) return rows;
    return [
      ...(above === undefined ? [] : [this.#cache.rule(above)]),
      ...(startsDay ? [this.#cache.rule(formatDay(item.message.timestamp))] : []),
      ...(isUnread ? [this.#cache.rule('new')] : []),
      ...(isHighlighted ? withPointer(rows) : rows),
    ];
  }

  /** What an empty list says, as rows. */
  emptyRows(): readonly string[] {
    const text = emptyListText(this.#session, this.#marks.preferences);
    return text === undefined ? [] : this.#cache.note(text);
  }
}

/** Messages of one author so close to each other are a group, with the name above the first. */
const groupedWithinMs = 5 * 60_000;
const minuteMs = 60_000;

function headingBelow(before: Item, { mine, message }: Item): BlockContext['heading'] {
  const { from, timestamp } = before.message;
  const isSameAuthor = from === message.from || (before.mine && mine);
  if (!isSameAuthor || Math.abs(message.timestamp - timestamp) > groupedWithinMs) return 'name';
  return Math.floor(timestamp / minuteMs) === Math.floor(message.timestamp / minuteMs) ? 'none' : 'time';
}

/** Puts a mark into the first column, over a blank or the bar of a mention. */
export function withFirstCell(row: string, mark: string): string {
  return row.replace(/^(?:\x1b\[[\d;]*m)?[ ▸](?:\x1b\[m)?/, mark);
}

function withPointer([first = '', ...others]: readonly BlockRow[]): BlockRow[] {
  const point = (row: string) => withFirstCell(row, '▸');
  return [typeof first === 'string' ? point(first) : { ...first, before: point(first.before) }, ...others];
}

/** What a message replies to; undefined if it is no reply. */
export function originalOf(session: Conversation, { message }: Item): Original | undefined {
  const { replyTo } = message.detail ?? {};
  if (replyTo === undefined) return undefined;
  if (message.sequence > 0 && replyTo >= message.sequence) return 'unreadable';
  return loadedMessage(session, replyTo) ?? (session.originals.has(replyTo) ? 'unreadable' : 'unknown');
}

/** What is known of a message: its layout, and its rows by their context. */
type Known = {
  readonly failure: string | undefined;
  readonly original: Original | undefined;
  readonly body: BlockBody;
  readonly rows: Map<string, readonly BlockRow[]>;
};

/** The finished rows of messages in one style. */
export class RowCache {
  readonly #known = new WeakMap<Item, Known>();
  readonly look: BlockStyle;
  readonly #failureOf: ImageFailure;

  constructor(look: BlockStyle, failureOf: ImageFailure) {
    this.look = look;
    this.#failureOf = failureOf;
  }

  /** `original`: what the message replies to. It does not change the number of rows. */
  rows(item: Item, context: BlockContext, original?: Original): readonly BlockRow[] {
    const { body, rows } = this.#layout(item, original);
    const key = context.showsDelivered ? `${context.heading} delivered` : context.heading;
    const known = rows.get(key);
    if (known) return known;
    const finished = messageRows(item, body, this.look, context);
    rows.set(key, finished);
    return finished;
  }

  height(item: Item): number {
    return this.#layout(item).body.lines.length;
  }

  isMention(item: Item): boolean {
    return this.#layout(item).body.isMention;
  }

  isAction(item: Item): boolean {
    return this.#layout(item).body.isAction;
  }

  /** Items are immutable, so that a changed message is another item. */
  #layout(item: Item, original?: Original): Known {
    const failure = this.#failureOf(item);
    const known = this.#known.get(item);
    const isSameOriginal = original === undefined || known?.original === original;
    if (known && known.failure === failure && isSameOriginal) return known;
    const isReply = item.message.detail?.replyTo !== undefined;
    const shown = original ?? known?.original ?? (isReply ? 'unknown' : undefined);
    const body = messageBody(item, this.look, { failure, original: shown });
    const laidOut = { failure, original: shown, body, rows: new Map() };
    this.#known.set(item, laidOut);
    return laidOut;
  }

  /** A text that is no message. */
  note(text: string): string[] {
    return wrapText(text, Math.max(1, this.look.width - 2)).map(
      (row) => ` ${style(row, { colour: this.look.theme.faint }, this.look.depth)}`,
    );
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
  /** Of the screen. */
  readonly columns: number;
  /** What the room list in a cell shows first after scrolling by some rows; undefined outside of the list. */
  readonly scrolledRoomList: (x: number, y: number, rows: number) => number | undefined;
  /** The room that the room list shows in a cell of the screen. */
  readonly roomAt: (x: number, y: number) => number | undefined;
  /** The rows of the composer, for Up and Down. */
  readonly draft: ComposerLayout;
};

const clearedText = 'cleared · PgUp brings the messages back';

/** The state of the previous page, shown above the oldest message; undefined if it is not known. */
function olderMessagesText(session: Conversation, { clearedKey }: Preferences): string | undefined {
  const { previousPage } = session.excerpt ?? session;
  if (clearedKey !== undefined) return clearedText;
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

/** Undefined: it is not known whether there are messages, or they are not shown. */
function emptyListText(
  { phase, timeline, head, position, hasRooms, previousPage }: Conversation,
  { clearedKey }: Preferences,
): string | undefined {
  if (clearedKey !== undefined) return clearedText;
  const isComplete = hasRooms ? previousPage.type === 'none' : !position.startsNewList && !head;
  const isEmptyRoom = phase.type === 'live' && timeline.items.length === 0 && isComplete;
  if (!isEmptyRoom) return undefined;
  return 'No one has written here yet. Type a message and press Enter to send it. F1 lists the keys and commands.';
}
