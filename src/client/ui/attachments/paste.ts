import { clipboardNotice } from '../../clipboard/clipboard-notice.js';
import type { ClipboardContent } from '../../clipboard/clipboard.js';
import { pathReadings } from '../../clipboard/pasted-path.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { prepareAttachments } from './attachments.js';
import { replaceDraft, typeText } from '../composer/composer.js';
import { draftText, leftOut } from '../composer/draft-text.js';
import { maxDraftLength } from '../composer/editor.js';
import { maxComposerRows } from '../composer/composer-layout.js';

/** Said to whoever goes on before the clipboard has answered. */
export const stillReading = 'One moment: the clipboard is being read.';

/** What the terminal pasted. An empty paste is how some terminals say that the clipboard holds an image. */
export function updatePaste(state: AppState, text: string): AppUpdate {
  if (text === '') return pasteClipboard(state);
  // Where home is does not matter for whether it looks like a path.
  const maybePath = pathReadings(text, '/').length > 0;
  return maybePath ? [state, [{ type: 'find-pasted-images', text }]] : [typePasted(state, text), []];
}

/** Has the clipboard read, one time after the other: a key that is held down must not start a tool each time. */
export function pasteClipboard(state: AppState): AppUpdate {
  if (state.readsClipboard) return [{ ...state, notice: stillReading }, []];
  return [{ ...state, readsClipboard: true }, [{ type: 'read-clipboard' }]];
}

/** The clipboard has answered: a picture goes with the draft, a text into it. */
export function takeClipboard(reading: AppState, content: ClipboardContent): AppUpdate {
  const notice = reading.notice === stillReading ? undefined : reading.notice;
  const state = { ...reading, readsClipboard: false, notice };
  switch (content.type) {
    case 'image':
      return prepareAttachments(state, [content.file]);
    case 'files':
      return prepareAttachments(state, content.paths);
    case 'text':
      return [typePasted(state, content.text), []];
    case 'nothing':
      return [{ ...state, notice: sanitiseLine(clipboardNotice(content.reason)) }, []];
  }
}

/** Puts pasted text into the draft, and tells what cannot be seen: how long it is, or that not all of it is there. */
export function typePasted(state: AppState, text: string): AppState {
  const kept = draftText(text);
  const typed = { ...state, composer: typeText(state.composer, kept) };
  const added = typed.composer.editor.text.length - state.composer.editor.text.length;
  const lines = kept.trimEnd().split(/\r\n|\n|\r/).length;
  const notices = [
    ...(added < kept.length
      ? [`Not all of the paste fits: a message has ${maxDraftLength} characters at most.`]
      : lines > maxComposerRows
        ? [`Pasted ${lines} lines: Enter sends them as one message, Ctrl+C clears.`]
        : []),
    ...(kept === text ? [] : [leftOut]),
  ];
  return notices.length === 0 ? typed : { ...typed, notice: notices.join(' ') };
}

/** Takes what was written in the external editor as the draft, and tells what is not as it was written. */
export function takeEdited(state: AppState, text: string): AppState {
  const kept = draftText(text);
  const composer = replaceDraft(state.composer, kept);
  if (kept !== text) return { ...state, composer, notice: leftOut };
  const isDamaged = text.includes('\ufffd') && !state.composer.editor.text.includes('\ufffd');
  return isDamaged
    ? { ...state, composer, notice: 'What was not UTF-8 became \ufffd.' }
    : { ...state, composer };
}
