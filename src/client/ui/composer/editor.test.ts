import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { graphemes } from '../../terminal/text/graphemes.js';
import {
  type Editor,
  emptyEditor,
  insert,
  maxDraftLength,
  undo,
  withText,
  nextWord,
  previousBlankWord,
  previousWord,
  editorActions,
  newLine,
} from './editor.js';
import { actionFor } from '../keymap/keymap.js';

/** An editor with its cursor at `|`. */
function at(marked: string): Editor {
  return { ...withText(emptyEditor, marked.replace('|', '')), cursor: marked.indexOf('|') };
}

function show({ text, cursor }: Editor): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

function press(editor: Editor, ...keys: string[]): Editor {
  return keys.reduce((state, key) => {
    if (actionFor('conversation', key) === 'new-line') return newLine(state);
    const action = actionFor('editing', key);
    if (!action) throw new Error(`no such key: ${key}`);
    return editorActions[action](state);
  }, editor);
}

describe('editing keys', () => {
  test.each([
    ['left', 'ab|c', 'a|bc'],
    ['right', 'ab|c', 'abc|'],
    ['home', 'one\ntw|o', 'one\n|two'],
    ['end', 'o|ne\ntwo', 'one|\ntwo'],
    ['alt+b', 'one two-three|', 'one two-|three'],
    ['alt+f', '|one two', 'one| two'],
    ['backspace', 'ab|c', 'a|c'],
    ['delete', 'a|bc', 'a|c'],
    ['ctrl+u', 'one\ntwo th|ree', 'one\n|ree'],
    ['ctrl+k', 'o|ne\ntwo', 'o|\ntwo'],
    ['ctrl+k', 'one|\ntwo', 'one|two'],
    ['ctrl+w', 'one two-three |four', 'one |four'],
    ['alt+backspace', 'one two-three|', 'one two-|'],
    ['alt+d', 'one| two three', 'one| three'],
    ['alt+enter', 'ab|c', 'ab\n|c'],
    ['backspace', '|abc', '|abc'],
    ['delete', 'abc|', 'abc|'],
    ['backspace', 'a👩‍👩‍👧|b', 'a|b'],
    ['left', 'e\u0301|', '|e\u0301'],
    ['backspace', 'one\n|two', 'one|two'],
    ['backspace', 'one\r\n|two', 'one|two'],
    ['right', 'one|\r\ntwo', 'one\r\n|two'],
    ['end', 'o|ne\r\ntwo', 'one|\r\ntwo'],
    ['home', 'one\r\ntw|o', 'one\r\n|two'],
    ['ctrl+k', 'one|\r\ntwo', 'one|two'],
    ['home', '|\none', '|\none'],
    ['backspace', 'a\t|b', 'a|b'],
    ['backspace', 'a\u200b|b', 'a|b'],
    ['left', 'a\u202e|b', 'a|\u202eb'],
  ])('%s turns %j into %j', (key, before, after) => {
    expect(show(press(at(before), key))).toBe(after);
  });

  test('yank inserts the text of all consecutive kills', () => {
    expect(show(press(at('one two three|'), 'ctrl+w', 'ctrl+w', 'ctrl+y'))).toBe('one two three|');
    expect(show(press(at('|one two'), 'alt+d', 'alt+d', 'ctrl+y'))).toBe('one two|');
  });

  test('undo reverts a run of typing in one step, and a kill in another', () => {
    let editor = emptyEditor;
    for (const letter of 'hello') editor = insert(letter)(editor);
    editor = press(editor, 'ctrl+w');
    expect(show(editor)).toBe('|');
    editor = press(editor, 'ctrl+_');
    expect(show(editor)).toBe('hello|');
    expect(show(press(editor, 'ctrl+_'))).toBe('|');
  });
});

describe('any sequence of keys', () => {
  const operation = fc.constantFrom(...Object.values(editorActions), newLine);
  const typed = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 });
  const step = fc.oneof(
    operation,
    typed.map((text) => insert(text)),
  );

  test('keeps the cursor within the text', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const editor = steps.reduce((state, operation) => operation(state), emptyEditor);
        expect(editor.cursor).toBeGreaterThanOrEqual(0);
        expect(editor.cursor).toBeLessThanOrEqual(editor.text.length);
      }),
    );
  });

  test('can be undone completely', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let editor = steps.reduce((state, operation) => operation(state), withText(emptyEditor, 'start'));
        while (editor.undoStack.length > 0) editor = undo(editor);
        expect(editor.text).toBe('');
      }),
    );
  });

  test('moves right over each grapheme once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        fc.pre(!text.includes('\n'));
        let editor: Editor = { ...withText(emptyEditor, text), cursor: 0 };
        for (const grapheme of graphemes(text)) {
          const { cursor } = editor;
          editor = press(editor, 'right');
          expect(text.slice(cursor, editor.cursor)).toBe(grapheme);
        }
      }),
    );
  });
});

test('a draft never exceeds its limit', () => {
  const full = insert('x'.repeat(maxDraftLength + 10))(emptyEditor);
  expect(full.text).toHaveLength(maxDraftLength);
  expect(insert('y')(full).text).toHaveLength(maxDraftLength);
});

test.each([
  ['a word with joiners', 'ab क्\u200dष', 3, 7],
  ['a word after an emoji', '👩‍👩 ab', 6, 8],
  ['a word that ends in a letter with marks', 'x, e\u0301', 3, 5],
])('Ctrl+Left and Ctrl+Right move to the ends of %s', (_, text, start, end) => {
  expect(previousWord(text, text.length)).toBe(start);
  expect(nextWord(text, start)).toBe(end);
});

test('moving over and cutting a long word takes linear time', () => {
  // Quadratic time would be minutes.
  const text = `${'สวัสดีครับ'.repeat(6000)} x`;
  expect(previousWord(text, text.length - 2)).toBe(0);
  expect(nextWord(text, 0)).toBe(text.length - 2);
  expect(previousBlankWord(text, text.length - 1)).toBe(0);
});
