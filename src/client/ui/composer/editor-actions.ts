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

const toStart = moveTo(motion.lineStart);
const toEnd = moveTo(motion.lineEnd);
const left = moveTo(motion.previousGrapheme);
const right = moveTo(motion.nextGrapheme);
const wordLeft = moveTo(motion.previousWord);
const wordRight = moveTo(motion.nextWord);
const rubout = deleteTo(motion.previousGrapheme);
const killWordBack = killTo(motion.previousWord);
const killWordForward = killTo(motion.nextWord);
const newLine = insert('\n');

/** The editing keys: readline's, and those that people of other editors expect beside them. */
export const editorKeys: Readonly<Record<string, EditorOperation>> = {
  left,
  right,
  home: toStart,
  end: toEnd,
  backspace: rubout,
  'shift+backspace': rubout,
  delete: deleteTo(motion.nextGrapheme),
  'ctrl+a': toStart,
  'ctrl+e': toEnd,
  'ctrl+b': left,
  'ctrl+left': wordLeft,
  'alt+left': wordLeft,
  'alt+b': wordLeft,
  'ctrl+right': wordRight,
  'alt+right': wordRight,
  'alt+f': wordRight,
  'ctrl+h': rubout,
  'ctrl+u': killTo(motion.lineStart),
  'ctrl+k': killToLineEnd,
  'ctrl+w': killTo(motion.previousBlankWord),
  'alt+backspace': killWordBack,
  'ctrl+backspace': killWordBack,
  'alt+d': killWordForward,
  'ctrl+delete': killWordForward,
  'ctrl+y': yank,
  'ctrl+_': undo,
  'alt+enter': newLine,
  'shift+enter': newLine,
  'ctrl+j': newLine,
};
