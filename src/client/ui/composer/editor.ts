import * as motion from './editor-motion.js';

/** A draft that is being edited. Immutable. */
export type Editor = {
  readonly text: string;
  /** A UTF-16 index into `text`, always between graphemes. */
  readonly cursor: number;
  /** The text of the last kill, for yank; consecutive kills add to it. */
  readonly killed: string;
  readonly undoStack: readonly Snapshot[];
  /** Typed characters and kills are combined with those directly before them. */
  readonly last: 'type' | 'kill' | 'other';
};

type Snapshot = { readonly text: string; readonly cursor: number };

/** The effect of an editing key. */
export type EditorOperation = (editor: Editor) => Editor;

export const emptyEditor: Editor = { text: '', cursor: 0, killed: '', undoStack: [], last: 'other' };

const maxUndo = 200;

/** In UTF-16 units. The server's limit (16 KiB by default) is checked on sending. */
export const maxDraftLength = 65_536;

/** A draft with another text and the cursor at its end. Can be undone. */
export function withText(editor: Editor, text: string): Editor {
  return change(editor, text, text.length, 'other');
}

/** Inserts text at the cursor; text over the limit is cut. */
export function insert(text: string): EditorOperation {
  return (editor) => {
    const remaining = maxDraftLength - editor.text.length;
    const added = text.length <= remaining ? text : text.slice(0, remaining).toWellFormed();
    const { cursor } = editor;
    return change(
      editor,
      editor.text.slice(0, cursor) + added + editor.text.slice(cursor),
      cursor + added.length,
      added.length <= 2 && added.trim() !== '' ? 'type' : 'other',
    );
  };
}

/** An operation that moves the cursor to `target`. */
export function moveTo(target: (text: string, cursor: number) => number | undefined): EditorOperation {
  return (editor) => {
    const cursor = target(editor.text, editor.cursor);
    return cursor === undefined ? editor : { ...editor, cursor, last: 'other' };
  };
}

/** An operation that deletes the text between the cursor and `target`. */
export function deleteTo(target: (text: string, cursor: number) => number): EditorOperation {
  return (editor) => {
    const { text, from, to } = range(editor, target(editor.text, editor.cursor));
    return from === to ? editor : change(editor, text.slice(0, from) + text.slice(to), from, 'other');
  };
}

/** Like `deleteTo`, but keeps the deleted text for `yank`. */
export function killTo(target: (text: string, cursor: number) => number): EditorOperation {
  return (editor) => {
    const { text, from, to } = range(editor, target(editor.text, editor.cursor));
    if (from === to) return editor;
    const removed = text.slice(from, to);
    const gathered = editor.last === 'kill' ? editor.killed : '';
    const killed = from < editor.cursor ? removed + gathered : gathered + removed;
    return { ...change(editor, text.slice(0, from) + text.slice(to), from, 'kill'), killed };
  };
}

export const yank: EditorOperation = (editor) =>
  editor.killed === '' ? editor : insert(editor.killed)(editor);

export const undo: EditorOperation = (editor) => {
  const snapshot = editor.undoStack.at(-1);
  return snapshot
    ? { ...editor, ...snapshot, undoStack: editor.undoStack.slice(0, -1), last: 'other' }
    : editor;
};

/** Kills to the end of the line, or the line break there, as readline does with several lines. */
export const killToLineEnd: EditorOperation = killTo((text, cursor) => {
  const end = motion.lineEnd(text, cursor);
  return end === cursor ? motion.nextGrapheme(text, cursor) : end;
});

function range({ text, cursor }: Editor, target: number) {
  return { text, from: Math.min(cursor, target), to: Math.max(cursor, target) };
}

function change(editor: Editor, text: string, cursor: number, kind: Editor['last']): Editor {
  const gathers = kind === 'type' && editor.last === 'type';
  const snapshot = { text: editor.text, cursor: editor.cursor };
  const undoStack = gathers ? editor.undoStack : [...editor.undoStack.slice(1 - maxUndo), snapshot];
  return { ...editor, text, cursor, undoStack, last: kind };
}
