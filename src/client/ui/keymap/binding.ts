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
  | 'rooms'
  | 'emoji'
  | 'login'
  | 'opened-login'
  | 'trust-question';

/** The sections of the help and their headings, in its order. The commands are before the last one. */
export const categories = {
  Reading: 'Moving in the conversation',
  Rooms: 'Rooms',
  Writing: 'Writing',
  Selection: 'Selected message',
  Images: 'Images',
  Search: 'Search',
  Program: 'General',
} as const;

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
  readonly category: keyof typeof categories;
};

export function keysOf({ keys, aliases = [] }: Binding): readonly string[] {
  return [...keys, ...aliases];
}

/** How many rows the keys of a list move its choice. `page`: the rows in view. */
export function listSteps(page: number) {
  const rows = Math.max(1, page);
  return { previous: -1, next: 1, 'page-up': -rows, 'page-down': rows } as const;
}
