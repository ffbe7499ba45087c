import type { CompletedCommand, CompletedOption } from './completed-commands.js';

/** The completion of `chat` for fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  return `# fish completion of chat; in ~/.config/fish/config.fish: chat completion fish | source
complete -c chat -f
function __chat_names
  set -l words (commandline -opc) (commandline -ct)
  chat complete -- $words[2..-1] 2>/dev/null
end
${commands.flatMap((command) => [...words(command), ...options(command)]).join('\n')}
`;
}

function words({ path, words: candidates, takesNames }: CompletedCommand): string[] {
  if (takesNames) return [`complete -c chat -n ${quote(inCommand(path))} -a '(__chat_names)'`];
  const names = candidates.map(({ name }) => name).join(' ');
  const condition = `${inCommand(path)}${path.length === 0 || names === '' ? '' : `; and not __fish_seen_subcommand_from ${names}`}`;
  return candidates.map(
    ({ name, description }) =>
      `complete -c chat -n ${quote(condition)} -a ${quote(name)}${description === '' ? '' : ` -d ${quote(description)}`}`,
  );
}

function options({ path, options: known }: CompletedCommand): string[] {
  return known.map(({ flags, description, value }) => {
    const names = flags.map((flag) =>
      flag.startsWith('--') ? `-l ${quote(flag.slice(2))}` : `-s ${quote(flag.slice(1))}`,
    );
    return `complete -c chat -n ${quote(inCommand(path))} ${names.join(' ')} -d ${quote(description)}${valueSpec(value)}`;
  });
}

function valueSpec(value: CompletedOption['value']): string {
  if (value === undefined) return '';
  if (value === 'file') return ' -r -F';
  if (value === 'directory') return " -x -a '(__fish_complete_directories)'";
  if (value === 'names') return " -x -a '(__chat_names)'";
  return value === 'anything' ? ' -x' : ` -x -a ${quote(value.join(' '))}`;
}

function inCommand(path: readonly string[]): string {
  if (path.length === 0) return '__fish_use_subcommand';
  return path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
