import type { Attachment } from '../../images/decode/prepare-image.js';
import type { Completion } from './completion.js';
import type { HistorySearch } from './history-search.js';
import {
  type Editor,
  type EditorOperation,
  emptyEditor,
  insert,
  maxDraftLength,
  withText,
} from './editor.js';
import { editorKeys } from './editor-keys.js';
import { lineAbove, lineBelow } from './editor-motion.js';
import { emptyHistory, type InputHistory, recall, remember } from './input-history.js';

/** What is being written: text, and the pictures that go with it. */
export type Composer = {
  readonly editor: Editor;
  readonly history: InputHistory;
  /** In the order in which they will be sent. */
  readonly attachments: readonly Attachment[];
  /** How many pictures are being read or converted. */
  readonly preparing: number;
  readonly completion: Completion | undefined;
  readonly historySearch: HistorySearch | undefined;
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
  historySearch: undefined,
};

/** Whether there is nothing to send or to lose. */
export function isEmptyDraft({ editor, attachments, preparing }: Composer): boolean {
  return editor.text === '' && attachments.length === 0 && preparing === 0;
}

/** Puts text in at the cursor: one that a message may have. */
export function typeText(composer: Composer, text: string): Composer {
  return edit(composer, insert(text));
}

/** What an editing key does; undefined for keys that edit nothing. */
export function pressEditingKey(composer: Composer, key: string): Composer | undefined {
  if (key === 'up' || key === 'ctrl+p') return verticalMove(composer, -1, key === 'up');
  if (key === 'down' || key === 'ctrl+n') return verticalMove(composer, 1, key === 'down');
  const operation = editorKeys[key];
  return operation && edit(composer, operation);
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

/** Up and Down move between lines, and beyond the first or last one through the history. */
function verticalMove(composer: Composer, step: -1 | 1, withinDraft: boolean): Composer {
  const { editor, history } = composer;
  const target = (step < 0 ? lineAbove : lineBelow)(editor.text, editor.cursor);
  if (withinDraft && target !== undefined)
    return { ...composer, editor: { ...editor, cursor: target, last: 'other' } };
  const recalled = recall(history, step, editor.text);
  if (!recalled) return composer;
  return { ...composer, history: recalled.history, editor: withText(editor, recalled.text) };
}

function edit(composer: Composer, operation: EditorOperation): Composer {
  return { ...composer, editor: operation(composer.editor) };
}
