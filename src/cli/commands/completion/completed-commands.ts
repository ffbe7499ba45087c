import type { Command, Option } from 'commander';

/** An option to complete. */
export type CompletedOption = {
  /** `-u`, `--user`, or both. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Its value; undefined if it has none. */
  readonly value: CompletedValue | undefined;
};

/** `names`: of rooms or accounts, which `chat complete` prints. */
type CompletedValue = 'file' | 'directory' | 'names' | 'anything' | readonly string[];

/** A command to complete. */
export type CompletedCommand = {
  /** Its words after `chat`: `users`, `add`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** The words that may follow: subcommands, or choices of the argument. */
  readonly words: readonly { readonly name: string; readonly description: string }[];
  /** An argument is the name of a room or an account. */
  readonly takesNames: boolean;
};

/** What a placeholder in the help stands for, if it is a name that a server knows. */
export function kindOfName(placeholder: string): 'rooms' | 'accounts' | undefined {
  if (placeholder === 'room') return 'rooms';
  return placeholder === 'user' || placeholder === 'users' ? 'accounts' : undefined;
}

/** The placeholder of an option: `room` of `--room <room>`. */
export function placeholderOf(flags: string): string {
  return /[<[]([\w|]+)(?:\.\.\.)?[>\]]/.exec(flags)?.[1] ?? '';
}

/** All commands, the program itself first. */
export function completedCommands(program: Command): CompletedCommand[] {
  return describe(program, []);
}

function describe(command: Command, path: readonly string[]): CompletedCommand[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  // Commander adds `help` without listing its arguments.
  const helpCommand = subcommands.find((subcommand) => !command.commands.includes(subcommand));
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  return [
    {
      path,
      description: command.summary() || command.description(),
      options: help.visibleOptions(command).map(optionOf),
      words: [...subcommands.map(wordOf), ...choices.map((name) => ({ name, description: '' }))],
      takesNames: command.registeredArguments.some((argument) => kindOfName(argument.name()) !== undefined),
    },
    ...command.commands.flatMap((subcommand) => describe(subcommand, [...path, subcommand.name()])),
    ...(helpCommand ? [helpOf(helpCommand, path, subcommands)] : []),
  ];
}

function helpOf(
  helpCommand: Command,
  path: readonly string[],
  subcommands: readonly Command[],
): CompletedCommand {
  return {
    path: [...path, helpCommand.name()],
    description: helpCommand.description(),
    options: [],
    words: subcommands.filter((subcommand) => subcommand !== helpCommand).map(wordOf),
    takesNames: false,
  };
}

function wordOf(subcommand: Command): CompletedCommand['words'][number] {
  return { name: subcommand.name(), description: subcommand.summary() || subcommand.description() };
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
  if (kindOfName(placeholderOf(flags)) !== undefined) return 'names';
  if (flags.includes('<file>')) return 'file';
  return flags.includes('<dir>') ? 'directory' : 'anything';
}
