import type { Conversation } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { type CompletionWords, completionOptions } from '../composer/completion.js';
import { completionNames } from '../conversation/user-names.js';
import type { AppState } from '../state/app-state.js';
import { type Command, commands, usageOf } from './commands.js';

/** A row above the composer: a command or an argument that fits the draft. `chosen`: by Tab. */
export type Suggestion = { readonly text: string; readonly isChosen: boolean };

/** What Tab could complete while a command is being written; nothing for other drafts. At most `limit` rows. */
export function suggestions(state: AppState, limit: number): readonly Suggestion[] {
  const { editor, completion } = state.composer;
  if (state.mode.type !== 'conversation' || !/^\/(?!\/)[^\r\n]*$/.test(editor.text)) return [];
  const active = completion?.result === editor && completion.options.length > 1 ? completion : undefined;
  const text = active?.before.text ?? editor.text;
  const match = /^\/(\S*)(\s*)/.exec(text);
  const [whole = '', word = '', space = ''] = match ?? [];
  if (space === '') {
    const matching = commands.filter(({ name }) => name.startsWith(word));
    const left = Math.max(0, ...matching.map((each) => usageOf(each).length)) + 2;
    const rows = matching.map((each) => usageOf(each).padEnd(left) + each.help);
    return around(rows, active ? active.chosen : -1, limit);
  }
  const command: Command | undefined = commands.find(({ name }) => name === word);
  if (!command) return [];
  const usage = { text: `${usageOf(command)}  ${command.help}`, isChosen: false };
  const options = active?.options ?? liveOptions(state, command, whole.length);
  return [usage, ...around(options.map(sanitiseLine), active?.chosen ?? -1, limit - 1)].slice(0, limit);
}

/** The arguments that are known without looking at the disk. */
function liveOptions(state: AppState, { values, completes }: Command, start: number): readonly string[] {
  const { text, cursor } = state.composer.editor;
  if (!values && (completes === undefined || completes === 'images' || completes === 'folders')) return [];
  const words = { commands, ...argumentWords(state) };
  return completionOptions(text.slice(0, start), text.slice(start, cursor), words);
}

/** The names that complete an argument. */
export function argumentWords(state: AppState): Omit<CompletionWords, 'commands'> {
  return {
    names: completionNames(state),
    ignored: state.preferences.ignored,
    rooms: roomNames(state.session),
  };
}

/** Without `#`; archived rooms last. */
function roomNames(session: Conversation | undefined): readonly string[] {
  const named = [...(session?.rooms.values() ?? [])]
    .map(({ room }) => room)
    .filter(({ name }) => name !== '');
  const sorted = named.sort((one, other) => (one.name < other.name ? -1 : 1));
  const names = [...sorted.filter(({ archived }) => !archived), ...sorted].map(({ name }) =>
    sanitiseLine(name),
  );
  return [...new Set(names)];
}

/** The rows with the chosen one among them. */
function around(rows: readonly string[], chosen: number, limit: number): Suggestion[] {
  const first = Math.max(0, Math.min(chosen - Math.floor(limit / 2), rows.length - limit));
  return rows
    .slice(first, first + Math.max(0, limit))
    .map((text, index) => ({ text, isChosen: first + index === chosen }));
}
