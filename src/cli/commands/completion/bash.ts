import type { CompletedCommand, CompletedOption } from './completed-commands.js';

/** The completion of `chat` for bash. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  return `# bash completion of chat; in ~/.bashrc: eval "$(chat completion bash)"
_chat_names() {
  local line=\${COMP_LINE:0:COMP_POINT} limit=\${CHAT_COMPLETION_WAIT:-0.3} words each
  ((BASH_VERSINFO[0] > 3)) || limit=1
  read -ra words <<<"$line"
  [[ $line != *[[:space:]] ]] || words+=('')
  while IFS= read -t "$limit" -r each; do COMPREPLY+=("$each"); done < <(chat complete -- "\${words[@]:1}" 2>/dev/null)
}
_chat() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= each
  COMPREPLY=()
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $each" in
${commands
  .filter(({ path }) => path.length > 0)
  .map(
    ({ path }) =>
      `      ${quote([...path.slice(0, -1).join(' ').split(' '), path.at(-1)].join(' '))}) command=${quote(path.join(' '))} ;;`,
  )
  .join('\n')}
    esac
  done
  case "$command $before" in
${commands.flatMap(values).join('\n')}
  esac
  case "$command" in
${commands.map(candidates).join('\n')}
  esac
}
complete -o default -F _chat chat
`;
}

/** What follows an option with a value. */
function values({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ flags, value }) => {
    if (value === undefined) return [];
    const pattern = flags.map((flag) => quote(`${path.join(' ')} ${flag}`)).join(' | ');
    return [`    ${pattern}) ${reply(value)} return ;;`];
  });
}

function reply(value: NonNullable<CompletedOption['value']>): string {
  if (value === 'file') return 'COMPREPLY=($(compgen -f -- "$word"));';
  if (value === 'directory') return 'COMPREPLY=($(compgen -d -- "$word"));';
  if (value === 'names') return 'compopt +o default 2>/dev/null; _chat_names;';
  // Nothing to offer, not even files.
  if (value === 'anything') return 'compopt +o default 2>/dev/null;';
  return `COMPREPLY=($(compgen -W ${quote(value.join(' '))} -- "$word"));`;
}

function candidates({ path, options, words, takesNames }: CompletedCommand): string {
  const flags = options.flatMap((option) => option.flags).join(' ');
  const names = words.map(({ name }) => name).join(' ');
  return `    ${quote(path.join(' '))})
      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W ${quote(flags)} -- "$word"))
      else ${takesNames ? 'compopt +o default 2>/dev/null; _chat_names' : `COMPREPLY=($(compgen -W ${quote(names)} -- "$word"))`}; fi ;;`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
