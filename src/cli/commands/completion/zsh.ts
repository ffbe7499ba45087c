import type { CompletedCommand, CompletedOption } from './completed-commands.js';

/** The completion of `chat` for zsh: to be sourced, or a file `_chat` on the `fpath`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef chat
# zsh completion of chat; in ~/.zshrc, after compinit: source <(chat completion zsh)
_chat_names() {
  local -a names
  local each
  while IFS= read -t \${CHAT_COMPLETION_WAIT:-0.3} -r each; do names+=("$each"); done < <(chat complete -- "\${(@)typed_words}" 2>/dev/null)
  compadd -a names
}
${commands.map(functionOf).join('\n')}
if [ "$funcstack[1]" = _chat ]; then _chat "$@"; else compdef _chat chat; fi
`;
}

function functionOf(command: CompletedCommand): string {
  const { path, options, words, takesNames } = command;
  const candidates = words.map(({ name, description }) =>
    quote(`${name.replaceAll(':', String.raw`\:`)}:${description}`),
  );
  const rest =
    words.length === 0
      ? quote(takesNames ? '*:name:_chat_names' : '*:file:_files')
      : `'1: :->word' '*:: :->rest'`;
  return `${nameOf(path)}() {
  local context state state_descr line${path.length === 0 ? typedWords : ''}
  typeset -A opt_args
  _arguments -s ${[...options.flatMap(specs), rest].join(' \\\n    ')}
  case $state in
    word) local -a words_here=(${candidates.join(' ')}); _describe word words_here ;;
    rest) (( $+functions[${nameOf(path)}_$line[1]] )) && ${nameOf(path)}_$line[1] ;;
  esac
}`;
}

/** Nested functions get only the rest of the words. */
const typedWords = `
  local -a typed_words=("\${(@Q)words[2,CURRENT-1]}" "$PREFIX")`;

function nameOf(path: readonly string[]): string {
  return ['_chat', ...path].join('_');
}

function specs({ flags, description, value }: CompletedOption): string[] {
  const text = description.replace(/[[\]:\\]/g, '\\$&');
  return flags.map((flag) => quote(`${flag}[${text}]${valueSpec(value)}`));
}

function valueSpec(value: CompletedOption['value']): string {
  if (value === undefined) return '';
  if (value === 'file') return ':file:_files';
  if (value === 'directory') return ':directory:_files -/';
  if (value === 'names') return ':name:_chat_names';
  return value === 'anything' ? ':value: ' : `:value:(${value.join(' ')})`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
