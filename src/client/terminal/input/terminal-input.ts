/**
 * What the terminal sent, decoded. A key is named in one canonical form, modifiers first in the order
 * `ctrl+alt+shift+super+`: `enter`, `ctrl+v`, `alt+enter`, `shift+tab`, `ctrl+home`, `f1`, `ctrl+_`, `escape`,
 * `pageup`, `ctrl+space`. The tables are in `key-tables.ts`.
 */
export type TerminalInput =
  /** Printable text, one or more characters, no control characters in it. */
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'key'; readonly key: string }
  /**
   * A whole paste: line ends are `\n`; otherwise as it came, not yet sanitised. May be empty. `typed`: the same as keys,
   * where the terminal did not mark it as a paste, so that a tool may have typed it.
   */
  | { readonly type: 'paste'; readonly text: string; readonly typed?: readonly TerminalInput[] }
  | { readonly type: 'focus'; readonly focused: boolean }
  /** The terminal's answer to a query, as it came. */
  | { readonly type: 'reply'; readonly sequence: string };
