import { removeControlCharacters } from '../../../shared/message-rules.js';
import type { Attachment } from '../../images/decode/prepare-image.js';
import { removeEscapeSequences } from '../../terminal/text/sanitise.js';
import type { Completion } from './completion.js';
import { type ComposerLayout, cursorInNextRow } from './composer-layout.js';
import {
  type Editor,
  type EditorOperation,
  emptyEditor,
  insert,
  maxDraftLength,
  withText,
} from './editor.js';

/** Sent drafts, for Up and Down, with line breaks and commands. */
type InputHistory = {
  readonly entries: readonly string[];
  /** The index of the shown entry; `entries.length` for the unsent draft. */
  readonly position: number;
  /** The unsent draft, kept while entries are shown. */
  readonly draft: string;
  /** The entries of this run. */
  readonly sent: readonly string[];
};

export const emptyHistory: InputHistory = { entries: [], position: 0, draft: '', sent: [] };

const maxEntries = 500;

/** An image of the draft. `name`: of its file, not sanitised. */
type NamedAttachment = Attachment & { readonly name: string };

/** The text and images that are being written. */
export type Composer = {
  readonly editor: Editor;
  readonly history: InputHistory;
  readonly attachments: readonly NamedAttachment[];
  /** The number of images that are being read or converted. */
  readonly preparing: number;
  readonly completion: Completion | undefined;
  /** The message that the draft replies to. */
  readonly replyTo?: { readonly sequence: number; readonly from: string } | undefined;
  /** The message whose text the editor has, instead of the draft. */
  readonly editing?: Editing | undefined;
};

/** `timestamp`: of the message. */
type Edited = { readonly sequence: number; readonly timestamp: number };

type Editing = Edited & { readonly draft: Pick<Composer, 'editor' | 'replyTo'> };

export const maxAttachments = 5;

export const emptyComposer: Composer = {
  editor: emptyEditor,
  history: emptyHistory,
  attachments: [],
  preparing: 0,
  completion: undefined,
};

export function isEmptyDraft({ editor, attachments, preparing, editing }: Composer): boolean {
  return editing === undefined && editor.text === '' && attachments.length === 0 && preparing === 0;
}

/** Inserts text, which must be free of control characters, at the cursor. */
export function typeText(composer: Composer, text: string): Composer {
  return applyEdit(composer, insert(text));
}

/** Edits a text; the draft is kept. Attachments stay, since they belong to the draft. */
export function startEditing(composer: Composer, edited: Edited, text: string): Composer {
  const { editor, replyTo, history } = composer;
  const draft = composer.editing?.draft ?? { editor, replyTo };
  return {
    ...composer,
    ...{ completion: undefined, replyTo: undefined, editing: { ...edited, draft } },
    editor: withText(emptyEditor, text),
    history: { ...history, position: history.entries.length, draft: '' },
  };
}

/** Brings back the draft. */
export function stopEditing(composer: Composer): Composer {
  const { editing, ...others } = composer;
  return editing ? { ...others, ...editing.draft, completion: undefined } : composer;
}

/** Empties the composer after sending and adds the draft to the history. After an edit it has the draft again. */
export function clearSent(composer: Composer): Composer {
  if (composer.editing)
    return { ...stopEditing(composer), history: remember(composer.history, composer.editor.text) };
  return { ...emptyComposer, history: remember(composer.history, composer.editor.text) };
}

/** Replaces the draft by text free of control characters. Can be undone. */
export function replaceDraft(composer: Composer, text: string): Composer {
  return { ...composer, editor: withText(composer.editor, text.slice(0, maxDraftLength).toWellFormed()) };
}

/** Empties the composer; Up recalls the draft. */
export function clearDraft(composer: Composer): Composer {
  return { ...clearSent(composer), preparing: composer.preparing };
}

/** Moves between the rows of the draft, and past its first or last row through the history. */
export function moveVertically(composer: Composer, step: -1 | 1, layout: ComposerLayout): Composer {
  const { editor } = composer;
  const target = cursorInNextRow(editor.text, layout, step);
  if (target === undefined) return recallSent(composer, step);
  return { ...composer, editor: { ...editor, cursor: target, last: 'other' } };
}

export function recallSent(composer: Composer, step: -1 | 1): Composer {
  const { editor, history } = composer;
  const recalled = recall(history, step, editor.text);
  if (!recalled) return composer;
  return { ...composer, history: recalled.history, editor: withText(editor, recalled.text) };
}

export function applyEdit(composer: Composer, operation: EditorOperation): Composer {
  return { ...composer, editor: operation(composer.editor) };
}

/** Adds a sent draft, unless it repeats the last one. */
export function remember(history: InputHistory, text: string): InputHistory {
  const known = history.entries.at(-1) === text || text === '';
  const entries = known ? history.entries : [...history.entries, text].slice(-maxEntries);
  const sent = known ? history.sent : [...history.sent, text].slice(-maxEntries);
  return { entries, position: entries.length, draft: '', sent };
}

/** The composer with a history that grew elsewhere. A recalled entry stays the shown one. */
export function withHistory(composer: Composer, { entries, sent }: InputHistory): Composer {
  const { history } = composer;
  const shown = history.entries[history.position];
  const found = shown === undefined ? -1 : entries.lastIndexOf(shown);
  const position = found < 0 ? entries.length : found;
  return { ...composer, history: { entries, sent, position, draft: found < 0 ? '' : history.draft } };
}

/** The text that the user is writing, also while a sent one is recalled. */
export function unsentText({ editor, history, editing }: Composer): string {
  if (editing) return editing.draft.editor.text;
  const isRecalled = history.position < history.entries.length;
  return isRecalled && history.entries[history.position] === editor.text ? history.draft : editor.text;
}

/** Puts the entries of earlier runs in front. */
export function withEarlier(history: InputHistory, earlier: readonly string[]): InputHistory {
  const entries = [...earlier, ...history.sent].slice(-maxEntries);
  const isShown = history.position < history.entries.length;
  const position = isShown ? history.position + entries.length - history.entries.length : entries.length;
  return { ...history, entries, position: Math.max(0, position) };
}

/** The previous (-1) or next (1) entry, or undefined at either end. */
export function recall(
  history: InputHistory,
  step: -1 | 1,
  current: string,
): { history: InputHistory; text: string } | undefined {
  const position = history.position + step;
  if (position < 0 || position > history.entries.length) return undefined;
  const draft = history.position === history.entries.length ? current : history.draft;
  return { history: { ...history, position, draft }, text: history.entries[position] ?? draft };
}

/** Removes what a message must not contain. Drafts are sanitised separately for display. */
export function draftText(text: string): string {
  return removeControlCharacters(removeEscapeSequences(text)).toWellFormed();
}

export const removedCharactersNotice = 'Control characters were removed: a message cannot contain them.';

/** Inserts what was typed into a text field of one line. */
export function typeInLine(field: Editor, typed: string, maxLength: number): Editor {
  const left = Math.max(0, maxLength - field.text.length);
  return insert(oneLine(typed).slice(0, left).toWellFormed())(field);
}

/** As `draftText`, without line breaks. */
export function oneLine(text: string): string {
  return draftText(text).replace(/\r\n|\n|\r/g, ' ');
}
