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

/** After `SS3`, from a keypad in application mode; text where it is one character. */
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

/** Many terminals send the same byte for both keys under Ctrl. Ctrl+J keeps its name: it starts a line. */
export const sameUnderCtrl: Readonly<Record<string, { readonly key: string; readonly ctrl: boolean }>> = {
  '@': { key: 'space', ctrl: true },
  // Ctrl+Backspace on some terminals: deleting too little is easily corrected.
  h: { key: 'backspace', ctrl: false },
  i: { key: 'tab', ctrl: false },
  m: { key: 'enter', ctrl: false },
  '[': { key: 'escape', ctrl: false },
  '/': { key: '_', ctrl: true },
};

/** Letters and their keys on a US keyboard. The first layout wins, so the most common one of a script is first. */
const layouts: Readonly<Record<string, readonly [letters: string, keys: string]>> = {
  russian: ['ёйцукенгшщзхъфывапролджэячсмитьбю', "`qwertyuiop[]asdfghjkl;'zxcvbnm,."],
  otherCyrillic: ['іїєґўјљњђћџѓќѕ', "s]'\\ojqw['x['y"],
  greek: ['ςερτυθιοπασδφγηξκλζχψωβνμ', 'wertyuiopasdfghjklzxcvbnm'],
  hebrew: ['קראטוןםפשדגכעיחלךףזסבהנמצתץ', 'ertyuiopasdfghjkl;zxcvbnm,.'],
  arabic: ['ذضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظ', "`qwertyuiop[]asdfghjkl;'zxcvnm,./"],
  persian: ['یکگچپژ', "d;']\\c"],
  thaiKedmanee: ['ๆไำพะัีรนยฟหกดเ้่าสผปแอิืท', 'qwertyuiopasdfghjklzxcvbnm'],
  koreanTwoSet: ['ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ', 'qwertyuiopasdfghjklzxcvbnm'],
  georgian: ['აბცდეფგჰიჯკლმნოპქრსტუვწხყზ', 'abcdefghijklmnopqrstuvwxyz'],
  hindiInScript: ['ौैाीूबहगदजोे्िुपरकतंमनवलस', 'qwertyuiopasdfghjklxcvbnm'],
};

const keysByLetter = new Map<string, string>();
for (const [letters, keys] of Object.values(layouts)) {
  Array.from(letters, (letter, index) => {
    if (!keysByLetter.has(letter)) keysByLetter.set(letter, keys.charAt(index));
  });
}

/** For shortcuts in terminals that do not send the physical key. An unknown character stays. */
export function keyOnUsLayout(character: string): string {
  const lower = character.toLowerCase();
  const key = keysByLetter.get(lower);
  if (key === undefined) return character;
  return lower === character ? key : key.toUpperCase();
}
