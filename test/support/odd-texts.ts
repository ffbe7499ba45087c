/** Valid texts of messages that a display filter would change. */
export const oddTexts: readonly (readonly [name: string, text: string])[] = [
  ['tabs', '\ta\tb\t\tc'],
  ['a zero-width space', 'a\u200bb'],
  ['a byte order mark', '\ufeffa\ufeffb'],
  ['a soft hyphen', 'soft\u00adhyphen'],
  ['bidi marks and overrides', 'a\u202eb\u202c\u2066c\u2069\u200ed\u061c'],
  ['line and paragraph separators', 'a\u2028b\u2029c'],
  ['stray joiners and selectors', 'a\u200db\u200cc\ufe0fd'],
  ['tags', '\u{1f3f4}\u{e0067}\u{e0062}\u{e007f} flag'],
  ['a pile of marks', `Z${'\u0301'.repeat(20)}algo`],
  ['an image placeholder', 'a\u{10eeee}\u0305b'],
  ['fillers', 'a\u3164b\u115fc'],
  ['private use and unassigned', 'a\ue000b\u{10ffff}\u0378c'],
  ['blanks', '  a\u00a0\u3000b\u2003c  '],
  ['decomposed letters', 'cafe\u0301 q\u0323'],
];
