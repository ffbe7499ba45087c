import {
  deleteTo,
  type EditorOperation,
  insert,
  killTo,
  killToLineEnd,
  moveTo,
  undo,
  yank,
} from './editor.js';
import * as motion from './editor-motion.js';

/** Editing actions by the names in the keymap; they work as in readline. */
export const editorActions = {
  left: moveTo(motion.previousGrapheme),
  right: moveTo(motion.nextGrapheme),
  'line-start': moveTo(motion.lineStart),
  'line-end': moveTo(motion.lineEnd),
  'word-left': moveTo(motion.previousWord),
  'word-right': moveTo(motion.nextWord),
  'delete-left': deleteTo(motion.previousGrapheme),
  'delete-right': deleteTo(motion.nextGrapheme),
  'cut-to-line-start': killTo(motion.lineStart),
  'cut-to-line-end': killToLineEnd,
  'cut-blank-word-left': killTo(motion.previousBlankWord),
  'cut-word-left': killTo(motion.previousWord),
  'cut-word-right': killTo(motion.nextWord),
  yank,
  undo,
} as const satisfies Readonly<Record<string, EditorOperation>>;

export const newLine: EditorOperation = insert('\n');

/** The name of an editing action. */
export type EditorAction = keyof typeof editorActions;
