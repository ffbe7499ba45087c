import { type Editor, withText } from './editor.js';
import { blankWordStart } from './editor-motion.js';
import { foldText } from '../../../shared/fold-text.js';

/** A completion in progress, whose options Tab and Shift+Tab go through. */
export type Completion = {
  /** The draft with the chosen option; a different draft ends the completion. */
  readonly result: Editor;
  /** The draft without an option, and the start of the word in it. */
  readonly before: Editor;
  readonly start: number;
  readonly options: readonly string[];
  readonly chosen: number;
};

/** The words that Tab can insert. */
export type CompletionWords = {
  /** Names without the slash, and the values of their arguments. */
  readonly commands: readonly { readonly name: string; readonly values?: readonly string[] }[];
  readonly names: readonly string[];
};

/** Completes the word before the cursor; when repeated, inserts the next (1) or previous (-1) option. */
export function complete(
  editor: Editor,
  previous: Completion | undefined,
  step: -1 | 1,
  words: CompletionWords,
): Completion | undefined {
  if (previous?.result === editor) return choose(previous, previous.chosen + step);
  const start = blankWordStart(editor.text, editor.cursor);
  const options = optionsFor(editor.text.slice(0, start), editor.text.slice(start, editor.cursor), words);
  if (options.length === 0) return undefined;
  return choose({ result: editor, before: editor, start, options, chosen: 0 }, step < 0 ? -1 : 0);
}

function choose(completion: Completion, index: number): Completion {
  const { before, start, options } = completion;
  const chosen = (index + options.length) % options.length;
  const head = before.text.slice(0, start) + (options[chosen] ?? '');
  // Do not insert a second space.
  const rest = before.text.slice(before.cursor);
  const kept = rest.startsWith(' ') && head.endsWith(' ') ? rest.slice(1) : rest;
  return { ...completion, chosen, result: { ...withText(before, head + kept), cursor: head.length } };
}

/** At the start a command or a name that is addressed (`name: `); elsewhere a value or `name `. */
function optionsFor(before: string, word: string, { commands, names }: CompletionWords): string[] {
  if (before === '' && word.startsWith('/')) {
    return commands.filter(({ name }) => `/${name}`.startsWith(word)).map(({ name }) => `/${name} `);
  }
  const values = commands.find(({ name }) => before === `/${name} `)?.values;
  if (values) return values.filter((value) => value.startsWith(word.toLowerCase()));
  const at = word.startsWith('@') ? '@' : '';
  const stem = foldText(word.slice(at.length));
  if (stem === '' && before !== '' && !before.startsWith('/') && at === '') return [];
  const end = before === '' && at === '' ? ': ' : ' ';
  return names.filter((name) => foldText(name).startsWith(stem)).map((name) => at + name + end);
}
