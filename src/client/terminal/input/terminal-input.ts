/** Decoded input. Key names are canonical: `ctrl+v`, `alt+enter`, `pageup`, `ctrl+_`; see `key-tables.ts`. */
export type TerminalInput =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'key'; readonly key: string }
  /** Not sanitised; line ends are `\n`. `typed`: the same as keys, if the terminal did not mark it as a paste. */
  | { readonly type: 'paste'; readonly text: string; readonly typed?: readonly TerminalInput[] }
  | { readonly type: 'focus'; readonly focused: boolean }
  | { readonly type: 'reply'; readonly sequence: string };
