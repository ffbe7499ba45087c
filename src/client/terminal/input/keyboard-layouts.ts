/**
 * Letters of common layouts and the keys of a US keyboard that they are on, row by row. Letters that several layouts
 * share keep the place of the first one listed, so the most common layout of a script comes first.
 */
const layouts: readonly (readonly [letters: string, keys: string])[] = [
  // Russian, then what Ukrainian, Belarusian, Serbian and Macedonian have besides.
  ['ёйцукенгшщзхъфывапролджэячсмитьбю', "`qwertyuiop[]asdfghjkl;'zxcvbnm,."],
  ['іїєґўјљњђћџѓќѕ', "s]'\\ojqw['x['y"],
  // Greek.
  ['ςερτυθιοπασδφγηξκλζχψωβνμ', 'wertyuiopasdfghjklzxcvbnm'],
  // Hebrew.
  ['קראטוןםפשדגכעיחלךףזסבהנמצתץ', 'ertyuiopasdfghjkl;zxcvbnm,.'],
  // Arabic, then what Persian has besides.
  ['ذضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوزظ', "`qwertyuiop[]asdfghjkl;'zxcvnm,./"],
  ['یکگچپژ', "d;']\\c"],
  // Thai (Kedmanee).
  ['ๆไำพะัีรนยฟหกดเ้่าสผปแอิืท', 'qwertyuiopasdfghjklzxcvbnm'],
  // Korean (two-set), as letters of their own.
  ['ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ', 'qwertyuiopasdfghjklzxcvbnm'],
  // Georgian.
  ['აბცდეფგჰიჯკლმნოპქრსტუვწხყზ', 'abcdefghijklmnopqrstuvwxyz'],
  // Hindi (InScript).
  ['ौैाीूबहगदजोे्िुपरकतंमनवलस', 'qwertyuiopasdfghjklxcvbnm'],
];

const keysByLetter = new Map<string, string>();
for (const [letters, keys] of layouts) {
  Array.from(letters, (letter, index) => {
    if (!keysByLetter.has(letter)) keysByLetter.set(letter, keys.charAt(index));
  });
}

/**
 * The key of a US keyboard on which a layout has this character, in upper case for an upper-case letter; the character
 * itself where none is known. Terminals that do not send the physical key need this for shortcuts.
 */
export function keyOnUsLayout(character: string): string {
  const lower = character.toLowerCase();
  const key = keysByLetter.get(lower);
  if (key === undefined) return character;
  return lower === character ? key : key.toUpperCase();
}
