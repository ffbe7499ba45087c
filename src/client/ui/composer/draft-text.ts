import { removeControlCharacters } from '../../../shared/message-rules.js';
import { removeEscapeSequences } from '../../terminal/text/sanitise.js';

/** Removes what a message must not contain. Drafts are sanitised separately for display. */
export function draftText(text: string): string {
  return removeControlCharacters(removeEscapeSequences(text)).toWellFormed();
}

export const removedCharactersNotice = 'Control characters were removed: a message cannot contain them.';
