/** Decoded input. Key names are canonical: `ctrl+v`, `alt+enter`, `pageup`, `ctrl+_`; see `key-tables.ts`. */
export type TerminalInput =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'key'; readonly key: string }
  /** Not sanitised; line ends are `\n`. `typed`: the same as keys, if the terminal did not mark it as a paste. */
  | { readonly type: 'paste'; readonly text: string; readonly typed?: readonly TerminalInput[] }
  /** Cells are counted from 0. A press or release is of the main button. */
  | {
      readonly type: 'mouse';
      readonly action: 'wheel-up' | 'wheel-down' | 'press' | 'release';
      readonly x: number;
      readonly y: number;
    }
  | { readonly type: 'focus'; readonly focused: boolean }
  | { readonly type: 'reply'; readonly sequence: string };

/** What a user types or pastes. */
export type TypedInput = Extract<TerminalInput, { type: 'text' | 'key' | 'paste' }>;
