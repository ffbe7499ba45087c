import { type Binding, categories, type KeyMode } from './binding.js';
import { type ActionIn, bindings } from './keymap.js';

/** A line of help: the keys, and their action. */
export type KeyHelp = readonly [keys: string, help: string];

const shortNames: Readonly<Record<string, string>> = { escape: 'Esc', pageup: 'PgUp', pagedown: 'PgDn' };

/** The lines of the help by heading. */
export const keyHelpByHeading: readonly (readonly [heading: string, lines: readonly KeyHelp[]])[] =
  Object.entries(categories).map(([category, heading]) => [
    heading,
    linesBy(
      bindings.filter((binding) => binding.category === category),
      ({ help }) => help,
      listedKeys,
    ),
  ]);

/** The hint line of one or more modes: `Enter send · PgUp scroll`. */
export function hintsFor(...modes: readonly KeyMode[]): string {
  return hintLine(bindings, modes);
}

/** The hint line of a selected message without the actions that do not apply to it. */
export function selectionHints(missing: ReadonlySet<ActionIn<'selection'>>): string {
  return hintLine(
    bindings.filter((binding) => binding.mode === 'selection' && !missing.has(binding.action)),
    ['selection'],
  );
}

/** The first key of an action in the conversation: `Alt+A`. */
export function keyFor(action: ActionIn<'conversation'>): string {
  const binding = bindings.find((each) => each.mode === 'conversation' && each.action === action);
  return keyLabel(binding?.keys[0] ?? '');
}

function hintLine(among: readonly Binding[], modes: readonly KeyMode[]): string {
  const lines = modes.flatMap((mode) =>
    linesBy(
      among.filter((binding) => binding.mode === mode),
      ({ hint }) => hint,
      ({ keys: [first = ''] }) => keyLabel(first),
    ),
  );
  return lines.map(([keys, hint]) => `${keys} ${hint}`).join(' · ');
}

/** One line for each text, in the order of its first binding. */
function linesBy(
  among: readonly Binding[],
  textOf: (binding: Binding) => string | undefined,
  labelOf: (binding: Binding) => string,
): KeyHelp[] {
  const labels = new Map<string, string[]>();
  for (const binding of among) {
    const text = textOf(binding);
    if (text !== undefined) labels.set(text, [...(labels.get(text) ?? []), labelOf(binding)]);
  }
  return [...labels].map(([text, keys]) => [keys.join(', '), text]);
}

function listedKeys({ keys, mode }: Binding): string {
  const prefix = mode === 'prefix' ? 'Ctrl+X ' : '';
  return keys.map((key) => prefix + keyLabel(key)).join(', ');
}

/** `Ctrl+PgUp` for `ctrl+pageup`. */
function keyLabel(key: string): string {
  if (key.length === 1) return key;
  return key
    .split('+')
    .map((part) => shortNames[part] ?? part.charAt(0).toUpperCase() + part.slice(1))
    .join('+');
}
