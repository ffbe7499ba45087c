import { removeControlCharacters } from '../../../shared/message-rules.js';
import { removeEscapeSequences } from '../../terminal/text/sanitise.js';

/** What a draft takes of a text from outside: everything that a message may hold. It is sanitised where it is drawn. */
export function draftText(text: string): string {
  return removeControlCharacters(removeEscapeSequences(text)).toWellFormed();
}

/** What is said where `draftText` left something out. */
export const leftOut = 'Control characters were left out: a message cannot hold them.';
