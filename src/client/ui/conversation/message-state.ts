import { isSameName } from '../../../shared/fold-text.js';
import { contentType, type Message, type Reaction } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import { isDeleted } from '../../session/current-form.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { style } from '../../terminal/colour/style.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import { wrapText } from '../../terminal/text/wrap.js';
import type { Theme } from '../theme/theme.js';
import type { TextRow } from './message-text.js';

const maxRows = 3;
const gap = '  ';
const graphemes = new Intl.Segmenter();

/** The message that another one replies to, as far as it is known. */
export type Original = Message | 'unknown' | 'unreadable';

/** How the state of a message is drawn. */
type StateLook = { readonly cells: number; readonly theme: Theme; readonly depth: ColourDepth };

const deletedText = 'deleted message';
const editedMark = '(edited)';
const maxQuotedBytes = 500;

/** What a deleted message shows. */
export function tombstoneRows({ cells, theme, depth }: StateLook): readonly TextRow[] {
  return wrapText(deletedText, cells).map((row) => ({
    text: style(row, { colour: theme.faint, italic: true }, depth),
    width: textWidth(row),
  }));
}

/** `(edited)` after the text, or below it if there is no room. */
export function withEditedMark(
  rows: readonly TextRow[],
  { cells, theme, depth }: StateLook,
): readonly TextRow[] {
  const text = truncate(editedMark, cells);
  const mark = style(text, { colour: theme.faint }, depth);
  const width = textWidth(text);
  const last = rows.at(-1);
  if (!last || last.isCode || last.width + 1 + width > cells) return [...rows, { text: mark, width }];
  return rows.with(-1, { ...last, text: `${last.text} ${mark}`, width: last.width + 1 + width });
}

/** One row of the message that is answered. */
export function quoteRow(original: Original, { cells, theme, depth }: StateLook): TextRow {
  const text = truncate(`┌ ${quotedText(original)}`, cells);
  return { text: style(text, { colour: theme.faint }, depth), width: textWidth(text) };
}

function quotedText(original: Original): string {
  if (original === 'unknown') return '…';
  if (original === 'unreadable') return 'a message that cannot be read';
  return `${sanitiseLine(original.from)}: ${firstLine(original)}`;
}

function firstLine(message: Message): string {
  if (isDeleted(message)) return deletedText;
  if (message.type === contentType.image) return 'image';
  const text = decodeText(message.content.subarray(0, maxQuotedBytes)).trimStart();
  return sanitiseLine(text.split(/\r|\n/, 1)[0] ?? '');
}

/** Whether a user is among those with this reaction, as far as their names are known. */
function isReactionOf({ names }: Reaction, user: string): boolean {
  return names.some((name) => isSameName(name, user));
}

/** The emoji that a user has chosen for a message. */
export function ownReactions({ detail }: Message, user: string): readonly string[] {
  return (detail?.reactions ?? [])
    .filter((reaction) => isReactionOf(reaction, user))
    .map(({ emoji }) => emoji);
}

/**
 * `👍 3  🎉 1` in as few rows as possible, at most three; one's own are bold. Not only emoji that this version of Unicode
 * knows, but nothing that looks like a text.
 */
export function reactionRows(
  { detail }: Message,
  { cells, theme, depth }: StateLook,
  user: string,
): readonly TextRow[] {
  const rows: { text: string; width: number }[] = [];
  for (const reaction of (detail?.reactions ?? []).filter(isShown)) {
    const text = `${reaction.emoji} ${countText(reaction.count)}`;
    const width = textWidth(text);
    const isOwn = isReactionOf(reaction, user);
    const painted = style(text, isOwn ? { bold: true, colour: theme.note } : { colour: theme.faint }, depth);
    const last = rows.at(-1);
    if (last && last.width + gap.length + width <= cells) {
      last.text += gap + painted;
      last.width += gap.length + width;
    } else if (rows.length < maxRows && width <= cells) rows.push({ text: painted, width });
  }
  return rows;
}

function isShown({ emoji, count }: Reaction): boolean {
  const [first, ...others] = graphemes.segment(emoji);
  const isOne = first !== undefined && others.length === 0;
  return (
    isOne && count > 0 && sanitiseLine(emoji) === emoji && /\p{Emoji}/u.test(emoji) && !/^\w/.test(emoji)
  );
}

function countText(count: number): string {
  return count > 9999 ? '9999+' : String(count);
}
