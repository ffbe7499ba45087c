import { type Editor, withText, blankWordStart } from './editor.js';
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
  readonly commands: readonly {
    readonly name: string;
    readonly values?: readonly string[];
    readonly completes?: string;
  }[];
  readonly names: readonly string[];
  readonly ignored: readonly string[];
  /** Names without `#`. */
  readonly rooms: readonly string[];
};

/** Completes the word before the cursor; when repeated, inserts the next (1) or previous (-1) option. */
export function complete(
  editor: Editor,
  previous: Completion | undefined,
  step: -1 | 1,
  words: CompletionWords,
): Completion | undefined {
  const cycled = nextOption(editor, previous, step);
  if (cycled) return cycled;
  const start = blankWordStart(editor.text, editor.cursor);
  const options = completionOptions(
    editor.text.slice(0, start),
    editor.text.slice(start, editor.cursor),
    words,
  );
  if (options.length === 0) return undefined;
  return choose({ result: editor, before: editor, start, options, chosen: 0 }, step < 0 ? -1 : 0);
}

/** The next or previous option of a completion in progress. A single option is final. */
export function nextOption(
  editor: Editor,
  previous: Completion | undefined,
  step: -1 | 1,
): Completion | undefined {
  if (previous?.result !== editor || previous.options.length < 2) return undefined;
  return choose(previous, previous.chosen < 0 && step < 0 ? -1 : previous.chosen + step);
}

/** The part of the draft that is a path, if Tab completes one there. */
export function pathStart(
  { text, cursor }: Editor,
  { commands }: Pick<CompletionWords, 'commands'>,
): { readonly start: number; readonly what: 'images' | 'folders' } | undefined {
  const [whole = '', name] = /^\/(\S+)[ \t]+(?:#?\d+[ \t]+)?/.exec(text) ?? [];
  const what = commands.find((command) => command.name === name)?.completes;
  if (whole.length > cursor || (what !== 'images' && what !== 'folders')) return undefined;
  return { start: whole.length, what };
}

/** Inserts what all paths have in common, as a shell does; a repeated Tab inserts one after the other. */
export function completePaths(
  editor: Editor,
  start: number,
  paths: readonly string[],
): Completion | undefined {
  const [first, ...others] = paths;
  if (first === undefined) return undefined;
  const completion = { result: editor, before: editor, start, options: paths, chosen: -1 };
  if (others.length === 0) return choose(completion, 0);
  let common = first;
  for (const path of others) while (!path.startsWith(common)) common = common.slice(0, -1);
  const head = editor.text.slice(0, start) + common.toWellFormed();
  if (head.length <= editor.cursor) return completion;
  const text = head + editor.text.slice(editor.cursor);
  return { ...completion, result: { ...withText(editor, text), cursor: head.length } };
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

/** At the start a command or a name that is addressed (`name: `); elsewhere a value, `#room ` or `name `. */
export function completionOptions(
  before: string,
  word: string,
  { commands, names, ignored, rooms }: CompletionWords,
): readonly string[] {
  if (before === '' && word.startsWith('/')) {
    return commands.filter(({ name }) => `/${name}`.startsWith(word)).map(({ name }) => `/${name} `);
  }
  const command = commands.find(({ name }) => before === `/${name} `);
  const values = command?.completes === 'ignored' ? ignored : command?.values;
  if (values) return values.filter((value) => value.startsWith(word.toLowerCase()));
  const at = word.startsWith('@') ? '@' : '';
  if (word.startsWith('#') || (command?.completes === 'rooms' && at === '')) {
    const beginning = word.replace(/^#/, '').toLowerCase();
    return rooms.filter((name) => name.startsWith(beginning)).map((name) => `#${name} `);
  }
  const stem = foldText(word.slice(at.length));
  if (stem === '' && before !== '' && !before.startsWith('/') && at === '') return [];
  const end = before === '' && at === '' ? ': ' : ' ';
  return names.filter((name) => foldText(name).startsWith(stem)).map((name) => at + name + end);
}
