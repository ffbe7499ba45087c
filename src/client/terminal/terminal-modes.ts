/** The terminal's modes: taken over and given back, as often as needed. */
export type TerminalModes = {
  /** Full screen: own screen, no cursor, keys told apart where the terminal can. Does nothing twice. */
  enter(): void;
  /** Everything as it was before. Does nothing twice. */
  leave(): void;
  /** Adds a source of bytes to be written each time before the terminal is given back, such as the removal of images. */
  beforeLeave(bytes: () => string): void;
};

/** Each mode's way in and way out; left in the opposite order. Terminals ignore the modes that they do not know. */
const modes: readonly { readonly enter: string; readonly leave: string }[] = [
  // Window title and icon title, kept on the terminal's stack.
  { enter: '\x1b[22;0t', leave: '\x1b[23;0t' },
  // The alternate screen, with its own cursor.
  { enter: '\x1b[?1049h', leave: '\x1b[?1049l' },
  // The cursor: hidden; then shown, in the terminal's own shape.
  { enter: '\x1b[?25l', leave: '\x1b[0 q\x1b[?25h' },
  // No automatic wrapping: a row that comes out wider than it was measured must not push the others down.
  { enter: '\x1b[?7l', leave: '\x1b[?7h' },
  // Bracketed paste.
  { enter: '\x1b[?2004h', leave: '\x1b[?2004l' },
  // Focus reports.
  { enter: '\x1b[?1004h', leave: '\x1b[?1004l' },
  // Kitty keyboard protocol, "disambiguate escape codes" (1) and "report alternate keys" (4), which tell shortcuts on a
  // non-Latin layout. Each screen has its own stack: inside the alternate one.
  { enter: '\x1b[>5u', leave: '\x1b[<u' },
];

const enterSequence = modes.map(({ enter }) => enter).join('');

/** Ends a control string that was cut off, and a synchronised update, a hyperlink and the style, before the modes. */
const leaveSequence = `\x1b\\\x1b[?2026l\x1b]8;;\x1b\\\x1b[m${modes
  .toReversed()
  .map(({ leave }) => leave)
  .join('')}`;

/** `write` must write before it returns. */
export function terminalModes(write: (bytes: string) => void): TerminalModes {
  let isEntered = false;
  const lastWords: (() => string)[] = [];
  return {
    enter() {
      if (isEntered) return;
      isEntered = true;
      write(enterSequence);
    },
    leave() {
      if (!isEntered) return;
      isEntered = false;
      const bytes = lastWords.map(textOf).join('');
      // In the middle of a control string only its end may come first.
      write(`${bytes === '' ? '' : `\x1b\\${bytes}`}${leaveSequence}`);
    },
    beforeLeave(bytes) {
      lastWords.push(bytes);
    },
  };
}

/** The terminal is given back in any case, also when what is to be cleaned up cannot be told. */
function textOf(source: () => string): string {
  try {
    return source();
  } catch {
    return '';
  }
}
