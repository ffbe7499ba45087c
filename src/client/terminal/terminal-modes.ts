/** The modes of the full-screen client, entered and left as often as needed. */
export type TerminalModes = {
  enter(): void;
  leave(): void;
  /** Whether the terminal reports the wheel, and with it the buttons; at first it does not. */
  setMouse(isOn: boolean): void;
  /** Sets the modes again that a terminal may have lost. */
  refresh(): void;
  beforeLeave(bytes: () => string): void;
};

/** Left in the opposite order. Terminals ignore modes that they do not know. */
const modes = {
  titles: { enter: '\x1b[22;0t', leave: '\x1b[23;0t' },
  alternateScreen: { enter: '\x1b[?1049h', leave: '\x1b[?1049l' },
  hiddenCursor: { enter: '\x1b[?25l', leave: '\x1b[0 q\x1b[?25h' },
  // A row wider than measured must not push down the others.
  noWrapping: { enter: '\x1b[?7l', leave: '\x1b[?7h' },
  bracketedPaste: { enter: '\x1b[?2004h', leave: '\x1b[?2004l' },
  focusReports: { enter: '\x1b[?1004h', leave: '\x1b[?1004l' },
  // Alternate scroll: the wheel as arrow keys. Terminals that cannot restore it have it on by default.
  wheelArrows: { enter: '\x1b[?1007s\x1b[?1007l', leave: '\x1b[?1007h\x1b[?1007r' },
  // Disambiguate (1) and alternate keys, for non-Latin shortcuts (4). Each screen has its own stack.
  kittyKeyboard: { enter: '\x1b[>5u', leave: '\x1b[<u' },
};

/** Buttons and wheel, in the format without a limit of columns. The terminal selects with Shift meanwhile. */
const mouse = { enter: '\x1b[?1000h\x1b[?1006h', leave: '\x1b[?1006l\x1b[?1000l' };

/** Modes that can be set twice. The alternate screen, titles and keyboard are stacks. */
const refreshSequence = `${modes.noWrapping.enter}${modes.bracketedPaste.enter}${modes.focusReports.enter}\x1b[?1007l`;

const enterSequence = Object.values(modes)
  .map(({ enter }) => enter)
  .join('');

/** Ends a control string that was cut off, a synchronised update, a hyperlink and the style, then the modes. */
const leaveSequence = `\x1b\\\x1b[?2026l\x1b]8;;\x1b\\\x1b[m${mouse.leave}${Object.values(modes)
  .toReversed()
  .map(({ leave }) => leave)
  .join('')}`;

/** `write` must be synchronous. */
export function terminalModes(write: (bytes: string) => void): TerminalModes {
  let isEntered = false;
  let hasMouse = false;
  const cleanups: (() => string)[] = [];
  return {
    enter() {
      if (isEntered) return;
      isEntered = true;
      write(hasMouse ? enterSequence + mouse.enter : enterSequence);
    },
    leave() {
      if (!isEntered) return;
      isEntered = false;
      const bytes = cleanups.map(textOf).join('');
      // A control string that was cut off must be ended before anything else.
      write(`${bytes === '' ? '' : `\x1b\\${bytes}`}${leaveSequence}`);
    },
    setMouse(isOn) {
      if (isOn === hasMouse) return;
      hasMouse = isOn;
      if (isEntered) write(isOn ? mouse.enter : mouse.leave);
    },
    refresh() {
      if (isEntered) write(hasMouse ? refreshSequence + mouse.enter : refreshSequence);
    },
    beforeLeave(bytes) {
      cleanups.push(bytes);
    },
  };
}

/** A failed cleanup must not prevent the restore. */
function textOf(source: () => string): string {
  try {
    return source();
  } catch {
    return '';
  }
}
