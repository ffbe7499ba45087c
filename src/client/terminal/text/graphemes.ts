import { resegment, type Segmented } from './resegment.js';

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Characters that never join (Latin, punctuation, kana, Han, Hangul syllables) need no segmenter. */
const loneCharacters =
  /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u2010-\u2027\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*$/;
/** Also scripts in which only marks join with the character before: Greek to Hebrew, Arabic, Thai, Lao. */
const markedCharacters =
  /^[\x20-\x7e\xa0-\xac\xae-\u05ff\u0606-\u061b\u061d-\u06dc\u06de-\u06ff\u0750-\u077f\u0e00-\u0eff\u200c\u2010-\u2027\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*$/;
const marked = /[^\p{M}\u0e33\u0eb3\u200c][\p{M}\u0e33\u0eb3\u200c]*|[\p{M}\u0e33\u0eb3\u200c]+/gu;

/** Measuring, wrapping and editing segment a long text again. */
let last: Segmented = { text: '', parts: [] };
const minCachedLength = 1024;
const maxCachedLength = 131_072;

export function graphemes(text: string): readonly string[] {
  if (loneCharacters.test(text)) return text.split('');
  if (text.length < minCachedLength || text.length > maxCachedLength) return segment(text);
  if (last.text !== text) last = { text, parts: resegment(last, text, segment) };
  return last.parts;
}

export function graphemeStart(text: string, index: number): number {
  return segmenter.segment(text).containing(index)?.index ?? index;
}

export function graphemeEnd(text: string, index: number): number {
  const found = segmenter.segment(text).containing(index);
  return found ? found.index + found.segment.length : index;
}

function segment(text: string): readonly string[] {
  if (markedCharacters.test(text)) return text.match(marked) ?? [];
  return Array.from(segmenter.segment(text), (each) => each.segment);
}
