import type { TemporaryFile } from '../../system/private-file.js';
import type { Attachment } from '../../images/decode/prepare-image.js';
import type { AppState, Notice } from '../state/app-state.js';
import { maxAttachments } from '../composer/composer.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';

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
      ...accepted.map((source): AppEffect => ({ type: 'prepare-attachment', source })),
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
