import { graphemeEnd, graphemeStart } from '../../terminal/text/graphemes.js';

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
function moveTo(target: (text: string, cursor: number) => number | undefined): EditorOperation {
  return (editor) => {
    const cursor = target(editor.text, editor.cursor);
    return cursor === undefined ? editor : { ...editor, cursor, last: 'other' };
  };
}

/** An operation that deletes the text between the cursor and `target`. */
function deleteTo(target: (text: string, cursor: number) => number): EditorOperation {
  return (editor) => {
    const { text, from, to } = range(editor, target(editor.text, editor.cursor));
    return from === to ? editor : change(editor, text.slice(0, from) + text.slice(to), from, 'other');
  };
}

/** Like `deleteTo`, but keeps the deleted text for `yank`. */
function killTo(target: (text: string, cursor: number) => number): EditorOperation {
  return (editor) => {
    const { text, from, to } = range(editor, target(editor.text, editor.cursor));
    if (from === to) return editor;
    const removed = text.slice(from, to);
    const gathered = editor.last === 'kill' ? editor.killed : '';
    const killed = from < editor.cursor ? removed + gathered : gathered + removed;
    return { ...change(editor, text.slice(0, from) + text.slice(to), from, 'kill'), killed };
  };
}

const yank: EditorOperation = (editor) => (editor.killed === '' ? editor : insert(editor.killed)(editor));

export const undo: EditorOperation = (editor) => {
  const snapshot = editor.undoStack.at(-1);
  return snapshot
    ? { ...editor, ...snapshot, undoStack: editor.undoStack.slice(0, -1), last: 'other' }
    : editor;
};

/** Kills to the end of the line, or the line break there, as readline does with several lines. */
const killToLineEnd: EditorOperation = killTo((text, cursor) => {
  const end = lineEnd(text, cursor);
  return end === cursor ? nextGrapheme(text, cursor) : end;
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

/** A word; marks and joiners may continue it, but not start it. */
const word = /[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_]|[\u200c\u200d](?=\p{L}))*/gu;
const blank = /\s/u;

export function previousGrapheme(text: string, index: number): number {
  return index === 0 ? 0 : graphemeStart(text.slice(0, index), index - 1);
}

function nextGrapheme(text: string, index: number): number {
  return index + graphemeEnd(text.slice(index), 0);
}

/** The start of the word at or before `index`, as readline's backward-word. */
export function previousWord(text: string, index: number): number {
  const before = text.slice(0, index);
  let start = 0;
  for (const found of before.matchAll(word)) start = found.index;
  return graphemeStart(before, start);
}

/** The end of the word at or after `index`, as readline's forward-word. */
export function nextWord(text: string, index: number): number {
  const behind = text.slice(index);
  const [found] = behind.matchAll(word);
  if (!found) return text.length;
  return index + graphemeEnd(behind, found.index + found[0].length - 1);
}

/** The start of the word, delimited by white space, before `index`, as readline's unix-word-rubout (Ctrl+W). */
export function previousBlankWord(text: string, index: number): number {
  let end = index;
  while (end > 0 && blank.test(text.charAt(end - 1))) end -= 1;
  return blankWordStart(text, end);
}

export function blankWordStart(text: string, index: number): number {
  let start = index;
  while (start > 0 && !blank.test(text.charAt(start - 1))) start -= 1;
  return start;
}

function lineStart(text: string, index: number): number {
  let start = index;
  while (start > 0 && !isLineBreak(text.charAt(start - 1))) start -= 1;
  return start;
}

function lineEnd(text: string, index: number): number {
  let end = index;
  while (end < text.length && !isLineBreak(text.charAt(end))) end += 1;
  return end;
}

/** Text from a file may have CR or CRLF, which are sent unchanged. */
function isLineBreak(character: string): boolean {
  return character === '\n' || character === '\r';
}

/** Editing actions by the names in the keymap; they work as in readline. */
export const editorActions = {
  left: moveTo(previousGrapheme),
  right: moveTo(nextGrapheme),
  'line-start': moveTo(lineStart),
  'line-end': moveTo(lineEnd),
  'word-left': moveTo(previousWord),
  'word-right': moveTo(nextWord),
  'delete-left': deleteTo(previousGrapheme),
  'delete-right': deleteTo(nextGrapheme),
  'cut-to-line-start': killTo(lineStart),
  'cut-to-line-end': killToLineEnd,
  'cut-blank-word-left': killTo(previousBlankWord),
  'cut-word-left': killTo(previousWord),
  'cut-word-right': killTo(nextWord),
  yank,
  undo,
} as const satisfies Readonly<Record<string, EditorOperation>>;

export const newLine: EditorOperation = insert('\n');

/** The name of an editing action. */
export type EditorAction = keyof typeof editorActions;
