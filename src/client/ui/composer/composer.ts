import type { Attachment } from '../../images/decode/prepare-image.js';
import type { Completion } from './completion.js';
import {
  type Editor,
  type EditorOperation,
  emptyEditor,
  insert,
  maxDraftLength,
  withText,
} from './editor.js';
import { lineAbove, lineBelow } from './editor-motion.js';

/** What was sent from here, for Up and Down. Whole drafts: line breaks and commands included. */
export type InputHistory = {
  readonly entries: readonly string[];
  /** Which entry is shown; `entries.length` is the draft that was being written. */
  readonly position: number;
  /** That draft, kept while entries are shown. */
  readonly draft: string;
};

/** Nothing was sent yet. */
export const emptyHistory: InputHistory = { entries: [], position: 0, draft: '' };

const maxEntries = 500;

/** What is being written: text, and the pictures that go with it. */
export type Composer = {
  readonly editor: Editor;
  readonly history: InputHistory;
  /** In the order in which they will be sent. */
  readonly attachments: readonly Attachment[];
  /** How many pictures are being read or converted. */
  readonly preparing: number;
  readonly completion: Completion | undefined;
};

/** How many pictures go with one draft, at most. */
export const maxAttachments = 5;

/** Nothing written yet. */
export const emptyComposer: Composer = {
  editor: emptyEditor,
  history: emptyHistory,
  attachments: [],
  preparing: 0,
  completion: undefined,
};

/** Whether there is nothing to send or to lose. */
export function isEmptyDraft({ editor, attachments, preparing }: Composer): boolean {
  return editor.text === '' && attachments.length === 0 && preparing === 0;
}

/** Puts text in at the cursor: one that a message may have. */
export function typeText(composer: Composer, text: string): Composer {
  return applyEdit(composer, insert(text));
}

/** The composer after its draft was sent or carried out: empty, and the draft in the history. */
export function clearSent(composer: Composer): Composer {
  return { ...emptyComposer, history: remember(composer.history, composer.editor.text) };
}

/** The composer with another text that a message may have, the cursor at its end; undo leads back. */
export function replaceDraft(composer: Composer, text: string): Composer {
  return { ...composer, editor: withText(composer.editor, text.slice(0, maxDraftLength).toWellFormed()) };
}

/** The composer after Ctrl+C: nothing left, but what was written can be called back with Up. */
export function clearDraft(composer: Composer): Composer {
  return { ...clearSent(composer), preparing: composer.preparing };
}

/** Up and Down: between the lines of the draft, and beyond its first or last line through what was sent. */
export function moveVertically(composer: Composer, step: -1 | 1): Composer {
  const { editor } = composer;
  const target = (step < 0 ? lineAbove : lineBelow)(editor.text, editor.cursor);
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

/** Remembers a sent draft; one that repeats the last is not kept twice. */
export function remember(history: InputHistory, text: string): InputHistory {
  const known = history.entries.at(-1) === text || text === '';
  const entries = known ? history.entries : [...history.entries, text].slice(-maxEntries);
  return { entries, position: entries.length, draft: '' };
}

/** The entry before (-1) or after (+1) the shown one, or undefined at either end. */
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
