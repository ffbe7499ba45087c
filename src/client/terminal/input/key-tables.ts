/** Final letter of `CSI 1;5A`, `CSI A` and `SS3 A`. */
export const letterKeys: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

/** What a keypad in application mode sends after `SS3`; text where it is one character. */
export const keypadKeys: Readonly<Record<string, string>> = {
  M: 'enter',
  I: 'tab',
  ' ': ' ',
  X: '=',
  j: '*',
  k: '+',
  l: ',',
  m: '-',
  n: '.',
  o: '/',
  p: '0',
  q: '1',
  r: '2',
  s: '3',
  t: '4',
  u: '5',
  v: '6',
  w: '7',
  x: '8',
  y: '9',
};

/** The number in `CSI 5~`. */
export const tildeKeys: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/** Codes of the kitty keyboard protocol that are not characters: https://sw.kovidgoyal.net/kitty/keyboard-protocol/ */
export const kittyKeys: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  127: 'backspace',
  57399: '0',
  57400: '1',
  57401: '2',
  57402: '3',
  57403: '4',
  57404: '5',
  57405: '6',
  57406: '7',
  57407: '8',
  57408: '9',
  57409: '.',
  57410: '/',
  57411: '*',
  57412: '-',
  57413: '+',
  57414: 'enter',
  57415: '=',
  57416: ',',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
};

/**
 * A key under Ctrl that terminals without an extended protocol send as the same byte as another key: one name for
 * both, so that a binding works everywhere. Ctrl+J stays itself: it starts a line. Byte 0x08 (Ctrl+H) is Backspace
 * on some terminals and Ctrl+Backspace on others: it deletes one character, as in readline, since deleting too
 * little is mended by one more press.
 */
export const sameUnderCtrl: Readonly<Record<string, { readonly key: string; readonly ctrl: boolean }>> = {
  '@': { key: 'space', ctrl: true },
  h: { key: 'backspace', ctrl: false },
  i: { key: 'tab', ctrl: false },
  m: { key: 'enter', ctrl: false },
  '[': { key: 'escape', ctrl: false },
  '/': { key: '_', ctrl: true },
};
