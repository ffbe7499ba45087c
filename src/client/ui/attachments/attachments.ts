import { clipboardNotice, type ClipboardContent } from '../../clipboard/clipboard.js';
import { pathReadings } from '../../clipboard/pasted-path.js';
import type { Attachment } from '../../images/decode/prepare-image.js';
import type { TemporaryFile } from '../../system/private-file.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { maxComposerRows } from '../composer/composer-layout.js';
import {
  maxAttachments,
  replaceDraft,
  typeText,
  draftText,
  removedCharactersNotice,
} from '../composer/composer.js';
import { maxDraftLength } from '../composer/editor.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState, Notice } from '../state/app-state.js';

/** Prepares images, as many as may be attached, from paths or temporary files. */
export function prepareAttachments(state: AppState, sources: readonly (string | TemporaryFile)[]): AppUpdate {
  const { attachments, preparing } = state.composer;
  const remaining = Math.max(0, maxAttachments - attachments.length - preparing);
  const accepted = sources.slice(0, remaining);
  const notice: Notice | undefined =
    accepted.length < sources.length
      ? { tone: 'error', text: `At most ${maxAttachments} images can be sent together.` }
      : state.notice;
  return [
    { ...state, notice, composer: { ...state.composer, preparing: preparing + accepted.length } },
    [
      ...accepted.map((source): AppEffect => ({ type: 'prepare-attachment', room: state.room, source })),
      ...sources
        .slice(remaining)
        .filter((source) => typeof source !== 'string')
        .map((file): AppEffect => ({ type: 'remove-file', file })),
    ],
  ];
}

/** Takes an image that is ready. `name`: of its file. */
export function addAttachment(state: AppState, attachment: Attachment, name: string): AppUpdate {
  const { composer } = stopPreparing(state);
  const notice = attachment.scaled
    ? `The image was scaled to ${attachment.width}×${attachment.height} to fit the server's limit.`
    : state.notice;
  return [
    {
      ...state,
      notice,
      composer: { ...composer, attachments: [...composer.attachments, { ...attachment, name }] },
    },
    [],
  ];
}

export function stopPreparing(state: AppState): AppState {
  return { ...state, composer: { ...state.composer, preparing: Math.max(0, state.composer.preparing - 1) } };
}

export function dropLastAttachment(state: AppState): AppState {
  return { ...state, composer: { ...state.composer, attachments: state.composer.attachments.slice(0, -1) } };
}

export const clipboardPendingNotice = 'One moment: the clipboard is being read.';

/** Handles a paste. Some terminals send an empty one if the clipboard contains an image. */
export function updatePaste(state: AppState, text: string): AppUpdate {
  if (text === '') return pasteClipboard(state);
  // Whether a text looks like a path does not depend on the home directory.
  const maybePath = pathReadings(text, '/').length > 0;
  return maybePath
    ? [state, [{ type: 'find-pasted-images', room: state.room, text }]]
    : [typePasted(state, text), []];
}

/** Reads the clipboard. A repeating key must not start a tool for each repeat. */
export function pasteClipboard(state: AppState): AppUpdate {
  if (state.clipboardPending) return [{ ...state, notice: clipboardPendingNotice }, []];
  return [{ ...state, clipboardPending: true }, [{ type: 'read-clipboard', room: state.room }]];
}

/** Attaches images from the clipboard, and inserts a text. */
export function takeClipboard(reading: AppState, content: ClipboardContent): AppUpdate {
  const notice = reading.notice === clipboardPendingNotice ? undefined : reading.notice;
  const state = { ...reading, clipboardPending: false, notice };
  switch (content.type) {
    case 'image':
      return prepareAttachments(state, [content.file]);
    case 'files':
      return prepareAttachments(state, content.paths);
    case 'text':
      return [typePasted(state, content.text), []];
    case 'nothing':
      return [
        { ...state, notice: { tone: 'error', text: sanitiseLine(clipboardNotice(content.reason)) } },
        [],
      ];
  }
}

/** Inserts a pasted text; a notice reports what the composer does not show: the length, or a cut. */
export function typePasted(state: AppState, text: string): AppState {
  const kept = draftText(text);
  const typed = { ...state, composer: typeText(state.composer, kept) };
  const added = typed.composer.editor.text.length - state.composer.editor.text.length;
  const lines = kept.trimEnd().split(/\r\n|\n|\r/).length;
  const isCut = added < kept.length;
  const notices = [
    ...(isCut
      ? [`The paste was cut: a message has at most ${maxDraftLength} characters.`]
      : lines > maxComposerRows
        ? [`Pasted ${lines} lines: Enter sends them as one message, Ctrl+C clears.`]
        : []),
    ...(kept === text ? [] : [removedCharactersNotice]),
  ];
  if (notices.length === 0) return typed;
  const notice = notices.join(' ');
  return { ...typed, notice: isCut || kept !== text ? { tone: 'warning', text: notice } : notice };
}

/** Replaces the draft by the text of the external editor; a notice reports what was removed. */
export function takeEdited(state: AppState, text: string): AppState {
  const kept = draftText(text);
  const composer = replaceDraft(state.composer, kept);
  if (kept !== text)
    return { ...state, composer, notice: { tone: 'warning', text: removedCharactersNotice } };
  const isDamaged = text.includes('\ufffd') && !state.composer.editor.text.includes('\ufffd');
  return isDamaged
    ? {
        ...state,
        composer,
        notice: { tone: 'warning', text: 'Bytes that are not UTF-8 were replaced by \ufffd.' },
      }
    : { ...state, composer };
}
