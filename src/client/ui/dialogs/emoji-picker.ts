import type { TypedInput } from '../../terminal/input/terminal-input.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import { findEmoji, toggleReaction } from '../commands/message-commands.js';
import { typeInLine } from '../composer/composer.js';
import { editorActions } from '../composer/editor.js';
import type { ListView } from '../conversation/message-list.js';
import { ownReactions } from '../conversation/message-state.js';
import { shownItem } from '../conversation/shown-items.js';
import type { Item } from '../../session/item.js';
import { listSteps } from '../keymap/binding.js';
import { actionFor } from '../keymap/keymap.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import type { EmojiPicker, NamedEmoji } from '../state/mode.js';
import type { DialogRow } from './text-dialog.js';

const maxQueryLength = 50;

/** Handles input in the list of emoji. Enter reacts with the chosen one. */
export function updateEmojiPicker(
  state: AppState,
  picker: EmojiPicker,
  input: TypedInput,
  view: ListView,
): AppUpdate {
  const withPicker = (changed: Partial<EmojiPicker>): AppUpdate => [
    { ...state, mode: { ...picker, ...changed } },
    [],
  ];
  if (input.type !== 'key') {
    return withPicker({ query: typeInLine(picker.query, input.text, maxQueryLength), chosen: 0 });
  }
  const found = listed(state, picker);
  const choose = (step: number): AppUpdate =>
    withPicker({ chosen: Math.max(0, Math.min(found.length - 1, picker.chosen + step)) });
  const selected: AppState = { ...state, mode: { type: 'selection', key: picker.key } };
  const steps = listSteps(view.height - 2);
  const action = actionFor('emoji', input.key);
  switch (action) {
    case 'close':
      return [selected, []];
    case 'choose': {
      const [item, emoji] = [itemOf(state, picker), found[picker.chosen]];
      return item && emoji ? toggleReaction(selected, item, emoji.emoji) : [state, []];
    }
    case 'previous':
    case 'next':
    case 'page-up':
    case 'page-down':
      return choose(steps[action]);
    case undefined: {
      const edit = actionFor('editing', input.key);
      if (!edit) return [state, []];
      const query = editorActions[edit](picker.query);
      return withPicker({ query, ...(query.text !== picker.query.text && { chosen: 0 }) });
    }
  }
}

function itemOf({ session, preferences }: AppState, { key }: EmojiPicker): Item | undefined {
  return shownItem(session, preferences, key);
}

const common: readonly string[] = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀', '✅'];

/** Without a query, first what the message has, then the most common ones. */
function listed(state: AppState, picker: EmojiPicker): readonly NamedEmoji[] {
  const { emoji = [] } = state;
  if (picker.query.text.trim() !== '') return findEmoji(emoji, picker.query.text);
  const reactions = itemOf(state, picker)?.message.detail?.reactions ?? [];
  const first = [...new Set([...reactions.map((one) => one.emoji), ...common])];
  const isFirst = new Set(first);
  const named = first.flatMap((wanted) => emoji.find((each) => each.emoji === wanted) ?? []);
  return [...named, ...emoji.filter((each) => !isFirst.has(each.emoji))];
}

const label = 'react with: ';
const emojiCells = 3;

/** The rows of the list: the query, then as many emoji as fit around the chosen one. */
export function emojiPickerView(
  state: AppState,
  picker: EmojiPicker,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly rows: readonly DialogRow[]; readonly caretColumn: number } {
  const found = listed(state, picker);
  const message = itemOf(state, picker)?.message;
  const own = message ? ownReactions(message, state.session?.user ?? '') : [];
  const available = Math.max(0, height - 1);
  const top = Math.max(0, Math.min(picker.chosen - (available >> 1), found.length - available));
  const { text, cursor } = picker.query;
  const before = label + shownText(text.slice(0, cursor));
  const rows = found.slice(top, top + available).map(({ emoji, names }, at): DialogRow => {
    const mark = own.includes(emoji) ? '●' : ' ';
    const space = ' '.repeat(Math.max(1, emojiCells - textWidth(emoji)));
    const row = `${mark} ${emoji}${space}${sanitiseLine(names[0] ?? '')}`;
    return { text: truncate(row, width), look: top + at === picker.chosen ? 'chosen' : 'plain' };
  });
  const nothing: DialogRow = {
    text: truncate('No emoji of that name. Esc closes the list.', width),
    look: 'faint',
  };
  const query = truncate(before + shownText(text.slice(cursor)), width);
  const isMissing = found.length === 0 && state.emoji !== undefined;
  return {
    rows: [{ text: query, look: 'plain' as const }, ...(isMissing ? [nothing] : rows)].slice(0, height),
    caretColumn: Math.min(width, textWidth(before)),
  };
}
