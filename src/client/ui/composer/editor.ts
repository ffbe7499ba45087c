import * as motion from './editor-motion.js';

/** A draft being edited. Immutable: each operation gives a new one. */
export type Editor = {
  readonly text: string;
  /** A UTF-16 index into `text`, always between graphemes. */
  readonly cursor: number;
  /** What the last kills removed, for yank; consecutive kills gather. */
  readonly killed: string;
  /** Earlier states, the newest last. */
  readonly undoStack: readonly Snapshot[];
  /** What the last operation was: kills and typed characters gather with the one before. */
  readonly last: 'type' | 'kill' | 'other';
};

type Snapshot = { readonly text: string; readonly cursor: number };

/** One thing that editing keys do. */
export type EditorOperation = (editor: Editor) => Editor;

/** An empty draft. */
export const emptyEditor: Editor = { text: '', cursor: 0, killed: '', undoStack: [], last: 'other' };

// Enough to take back a bad minute; drafts are small.
const maxUndo = 200;

/** The most characters a draft takes; the server's limit (16 KiB by default) is checked on sending. */
export const maxDraftLength = 65_536;

/** A draft that holds `text`, the cursor at its end. Undo leads back to the one before. */
export function withText(editor: Editor, text: string): Editor {
  return change(editor, text, text.length, 'other');
}

/** Puts `text` in at the cursor. */
export function insert(text: string): EditorOperation {
  return (editor) => {
    const room = maxDraftLength - editor.text.length;
    const added = text.length <= room ? text : text.slice(0, room).toWellFormed();
    const { cursor } = editor;
    return change(
      editor,
      editor.text.slice(0, cursor) + added + editor.text.slice(cursor),
      cursor + added.length,
      added.length <= 2 && added.trim() !== '' ? 'type' : 'other',
    );
  };
}

/** An operation that moves the cursor to where `target` says. */
export function moveTo(target: (text: string, cursor: number) => number | undefined): EditorOperation {
  return (editor) => {
    const cursor = target(editor.text, editor.cursor);
    return cursor === undefined ? editor : { ...editor, cursor, last: 'other' };
  };
}

/** An operation that deletes what lies between the cursor and where `target` says. */
export function deleteTo(target: (text: string, cursor: number) => number): EditorOperation {
  return (editor) => {
    const { text, from, to } = range(editor, target(editor.text, editor.cursor));
    return from === to ? editor : change(editor, text.slice(0, from) + text.slice(to), from, 'other');
  };
}

/** As `deleteTo`, and keeps what it deleted for `yank`. */
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

/** Puts the last kill back in at the cursor. */
export const yank: EditorOperation = (editor) =>
  editor.killed === '' ? editor : insert(editor.killed)(editor);

/** Takes the last change back. */
export const undo: EditorOperation = (editor) => {
  const snapshot = editor.undoStack.at(-1);
  return snapshot
    ? { ...editor, ...snapshot, undoStack: editor.undoStack.slice(0, -1), last: 'other' }
    : editor;
};

/** Kills to the end of the line; at its end, the line break, as readline does over lines. */
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
