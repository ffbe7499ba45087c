// An unterminated control string loses only its introducer (last line), so that it hides no text. The bodies exclude
// the start of another sequence: matching stays linear.
const escapeSequences = new RegExp(
  [
    String.raw`(?:\x1b\]|\x9d)[^\x07\x1b\x80-\x9f\n]*(?:\x07|\x1b\\|\x9c)`,
    String.raw`(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x80-\x9f]*(?:\x1b\\|\x9c)`,
    String.raw`(?:\x1b\[|\x9b)[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]?`,
    String.raw`\x1b[\x20-\x2f]*[\x30-\x7e]?`,
  ].join('|'),
  'g',
);

/** Characters without a shape can drive, reorder or spoof. U+10EEEE is kitty's image placeholder. */
const invisible =
  /(?![\n\u200c\u200d\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{10eeee}]/gu;

/** VS16 is for pictographs and keycaps; elsewhere it makes widths uncertain. */
const strayVariation = /(?<!\p{Extended_Pictographic})(?<![0-9#*](?=\ufe0f\u20e3))\ufe0f/gu;
/** Signs of Indic scripts that join two consonants; a joiner after one chooses the form. */
const virama = String.raw`[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2]`;
/** Arabic letters that join with the next (ArabicShaping.txt, joining type D): after others ZWNJ is invisible. */
const joining = String.raw`[\u0620\u0626\u0628\u062a-\u062e\u0633-\u063f\u0641-\u0647\u0649\u064a\u066e\u066f\u0678-\u0687\u069a-\u06bf\u06c1\u06c2\u06cc\u06ce\u06d0\u06d1]`;
/** ZWJ joins emoji or Indic letters; elsewhere it only hides text (RFC 5892, appendix A). */
const strayJoiner = new RegExp(
  String.raw`\u200d(?!(?<=\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?\u200d)\p{Extended_Pictographic}|(?<=${virama}\u200d)\p{Lo})`,
  'gu',
);
/** ZWNJ separates Indic letters, or Arabic ones that would join (Persian); elsewhere it only hides text. */
const strayNonJoiner = new RegExp(
  String.raw`\u200c(?!(?<=${virama}\u200c)\p{Lo}|(?<=${joining}\p{Mn}{0,8}\u200c)[\u0620-\u064a\u066e-\u06d3])`,
  'gu',
);
/** The longest standard emoji joins five parts. */
const overlongJoin =
  /((?:\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?\u200d){4}\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?)\u200d/gu;
/** No script needs more than eight marks per cell; more overlap the neighbours. */
const piledMarks =
  /([\p{M}\p{Emoji_Modifier}\p{Grapheme_Extend}]{8})[\p{M}\p{Emoji_Modifier}\p{Grapheme_Extend}]+/gu;

const loneSurrogate = /\p{Surrogate}/gu;

const printableAscii = /^[\x20-\x7e]*$/;

/** Makes untrusted text safe for the terminal: `\n` is the only control character left. */
export function sanitiseText(text: string): string {
  if (printableAscii.test(text)) return text;
  return text
    .replace(loneSurrogate, '\ufffd')
    .replace(/\r\n?/g, '\n')
    .replace(escapeSequences, '')
    .replaceAll('\t', '    ')
    .replace(invisible, '')
    .replace(strayVariation, '')
    .replace(strayJoiner, '')
    .replace(strayNonJoiner, '')
    .replace(piledMarks, '$1')
    .replace(overlongJoin, '$1');
}

/** For a single row: line ends and tabs become spaces. */
export function sanitiseLine(text: string): string {
  if (printableAscii.test(text)) return text;
  return sanitiseText(text.replaceAll('\t', ' ')).replaceAll('\n', ' ');
}

export function removeEscapeSequences(text: string): string {
  return text.replace(escapeSequences, '');
}
