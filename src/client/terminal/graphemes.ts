const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Characters that never join with each other (Latin, punctuation, kana, Han, Hangul syllables): no need to segment. */
const loneCharacters =
  /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*$/;

/** The user-perceived characters of a text, in order; joined they are the text. */
export function graphemes(text: string): string[] {
  if (loneCharacters.test(text)) return text.split('');
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
