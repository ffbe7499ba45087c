import type { Command, Option } from 'commander';
import type { ServerFlags } from '../../config/server-settings.js';
import { kindOfName, placeholderOf } from './completed-commands.js';

/** The names to offer for the last word of a command line, and what the line says about the server. */
export type WantedNames = {
  readonly kind: 'rooms' | 'accounts';
  /** What is typed of the name. */
  readonly start: string;
  /** What is typed before it, as in `anna,`. */
  readonly before: string;
  readonly address: string | undefined;
  readonly flags: ServerFlags;
};

/** `words`: after `chat`; the last one is completed. Undefined if it is no name. */
export function wantedNames(program: Command, words: readonly string[]): WantedNames | undefined {
  const typed = words.at(-1) ?? '';
  const [command, rest] = commandOf(program, words.slice(0, -1));
  const flags: Record<string, string> = {};
  const given: string[] = [];
  let open: Option | undefined;
  for (const word of rest) {
    if (open) flags[open.attributeName()] = word;
    else if (!word.startsWith('-')) given.push(word);
    open = open ? undefined : optionWithValue(command, word);
  }
  if (!open && typed.startsWith('-')) return undefined;
  const kind = kindOfName(open ? placeholderOf(open.flags) : (argumentAt(command, given.length) ?? ''));
  if (!kind) return undefined;
  const before = kind === 'accounts' ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  const isAddress = command.registeredArguments[0]?.name() === 'address';
  return {
    kind,
    start: typed.slice(before.length).replace(/^[#@]/, ''),
    before,
    address: flags.to ?? (isAddress ? given[0] : undefined),
    flags,
  };
}

function commandOf(command: Command, words: readonly string[]): readonly [Command, readonly string[]] {
  const [first, ...rest] = words;
  const subcommand = command.commands.find((each) => each.name() === first);
  return subcommand ? commandOf(subcommand, rest) : [command, words];
}

function optionWithValue({ options }: Command, word: string): Option | undefined {
  return options.find(
    ({ long, short, required, optional }) => (required || optional) && (long === word || short === word),
  );
}

function argumentAt({ registeredArguments }: Command, index: number): string | undefined {
  const last = registeredArguments.at(-1);
  return (registeredArguments[index] ?? (last?.variadic ? last : undefined))?.name();
}
