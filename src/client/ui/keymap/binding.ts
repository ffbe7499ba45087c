/** Where a key has a meaning. `editing` keys work in each text field. */
export type KeyMode =
  | 'always'
  | 'prefix'
  | 'editing'
  | 'conversation'
  | 'selection'
  | 'history-search'
  | 'text-dialog'
  | 'search'
  | 'login'
  | 'trust-question';

export const categories = ['Writing', 'Reading', 'Program'] as const;

/** Keys with the same action, and their texts for help and hint line. */
export type Binding = {
  readonly keys: readonly string[];
  /** Further keys, which are not in the help. */
  readonly aliases?: readonly string[];
  readonly mode: KeyMode;
  readonly action: string;
  /** Bindings with the same text share a line of the help; those without one are not listed. */
  readonly help?: string;
  /** For the hint line of the mode, with the first key. */
  readonly hint?: string;
  readonly category: (typeof categories)[number];
};

export function keysOf({ keys, aliases = [] }: Binding): readonly string[] {
  return [...keys, ...aliases];
}
