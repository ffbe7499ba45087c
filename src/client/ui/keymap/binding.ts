/** What has the keyboard, as far as keys are concerned. `editing` keys work in each text field. */
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

/** Keys that do the same, and what help and the hint line say of them. */
export type Binding = {
  /** As help lists them. */
  readonly keys: readonly string[];
  /** Further keys, which help does not list. */
  readonly aliases?: readonly string[];
  readonly mode: KeyMode;
  readonly action: string;
  /** Help lists bindings with the same text in one line, and those without a text not at all. */
  readonly help?: string;
  /** The text for the hint line of the mode, beside the first key. */
  readonly hint?: string;
  readonly category: (typeof categories)[number];
};

export function keysOf({ keys, aliases = [] }: Binding): readonly string[] {
  return [...keys, ...aliases];
}
