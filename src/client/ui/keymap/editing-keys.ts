import type { EditorAction } from '../composer/editor.js';
import type { Binding } from './binding.js';

type EditingBinding = Binding & { readonly mode: 'editing'; readonly action: EditorAction };

const moveInLine = 'move in the line';
const word = 'a word left, right (also Ctrl or Alt with Left, Right)';
const cutLine = 'cut to the start, to the end of the line';
const cutWord = 'cut a word';
const yankAndUndo = 'paste what was cut, undo';

/** The keys of all text fields. */
export const editingBindings = [
  {
    keys: ['left'],
    aliases: ['ctrl+b'],
    mode: 'editing',
    action: 'left',
    help: moveInLine,
    category: 'Writing',
  },
  { keys: ['right'], mode: 'editing', action: 'right', help: moveInLine, category: 'Writing' },
  { keys: ['home'], mode: 'editing', action: 'line-start', help: moveInLine, category: 'Writing' },
  { keys: ['end'], mode: 'editing', action: 'line-end', help: moveInLine, category: 'Writing' },
  {
    keys: ['ctrl+a'],
    mode: 'editing',
    action: 'line-start',
    help: 'start, end of the line',
    category: 'Writing',
  },
  {
    keys: ['ctrl+e'],
    mode: 'editing',
    action: 'line-end',
    help: 'start, end of the line',
    category: 'Writing',
  },
  {
    keys: ['alt+b'],
    aliases: ['ctrl+left', 'alt+left'],
    mode: 'editing',
    action: 'word-left',
    help: word,
    category: 'Writing',
  },
  {
    keys: ['alt+f'],
    aliases: ['ctrl+right', 'alt+right'],
    mode: 'editing',
    action: 'word-right',
    help: word,
    category: 'Writing',
  },
  {
    keys: ['backspace'],
    aliases: ['shift+backspace', 'ctrl+h'],
    mode: 'editing',
    action: 'delete-left',
    category: 'Writing',
  },
  { keys: ['delete'], mode: 'editing', action: 'delete-right', category: 'Writing' },
  { keys: ['ctrl+u'], mode: 'editing', action: 'cut-to-line-start', help: cutLine, category: 'Writing' },
  { keys: ['ctrl+k'], mode: 'editing', action: 'cut-to-line-end', help: cutLine, category: 'Writing' },
  { keys: ['ctrl+w'], mode: 'editing', action: 'cut-blank-word-left', help: cutWord, category: 'Writing' },
  {
    keys: ['alt+backspace'],
    aliases: ['ctrl+backspace'],
    mode: 'editing',
    action: 'cut-word-left',
    help: cutWord,
    category: 'Writing',
  },
  {
    keys: ['alt+d'],
    aliases: ['ctrl+delete'],
    mode: 'editing',
    action: 'cut-word-right',
    help: cutWord,
    category: 'Writing',
  },
  { keys: ['ctrl+y'], mode: 'editing', action: 'yank', help: yankAndUndo, category: 'Writing' },
  { keys: ['ctrl+_'], mode: 'editing', action: 'undo', help: yankAndUndo, category: 'Writing' },
] as const satisfies readonly EditingBinding[];
