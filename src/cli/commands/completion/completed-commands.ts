import type { Command, Option } from 'commander';

/** One option, as completion sees it. */
export type CompletedOption = {
  /** `-u` and `--user`, whichever there are. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows it; undefined: nothing. */
  readonly value: CompletedValue | undefined;
};

/** What can stand after an option. */
type CompletedValue = 'file' | 'directory' | 'anything' | readonly string[];

/** A command that can be completed. */
export type CompletedCommand = {
  /** Its words after `chat`: `users`, `add`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** The words that may follow: verbs of this command, or choices of its argument. */
  readonly words: readonly { readonly name: string; readonly description: string }[];
};

/** Everything that can be completed, the program itself first. */
export function completedCommands(program: Command): CompletedCommand[] {
  return describe(program, []);
}

function describe(command: Command, path: readonly string[]): CompletedCommand[] {
  const help = command.createHelp();
  const verbs = help.visibleCommands(command);
  // Commander adds the verb `help` by itself, without saying what may follow.
  const helpVerb = verbs.find((verb) => !command.commands.includes(verb));
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  return [
    {
      path,
      description: command.summary() || command.description(),
      options: help.visibleOptions(command).map(optionOf),
      words: [...verbs.map(wordOf), ...choices.map((name) => ({ name, description: '' }))],
    },
    ...command.commands.flatMap((verb) => describe(verb, [...path, verb.name()])),
    ...(helpVerb ? [helpOf(helpVerb, path, verbs)] : []),
  ];
}

function helpOf(helpVerb: Command, path: readonly string[], verbs: readonly Command[]): CompletedCommand {
  return {
    path: [...path, helpVerb.name()],
    description: helpVerb.description(),
    options: [],
    words: verbs.filter((verb) => verb !== helpVerb).map(wordOf),
  };
}

function wordOf(verb: Command): CompletedCommand['words'][number] {
  return { name: verb.name(), description: verb.summary() || verb.description() };
}

function optionOf({
  short,
  long,
  description,
  required,
  optional,
  flags,
  argChoices,
}: Option): CompletedOption {
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    value: required || optional ? (argChoices ?? valueOf(flags)) : undefined,
  };
}

function valueOf(flags: string): CompletedValue {
  if (flags.includes('<file>')) return 'file';
  return flags.includes('<dir>') ? 'directory' : 'anything';
}
