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
