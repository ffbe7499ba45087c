import { typingTimesMs } from '../../../shared/presence-update.js';
import type { TypedInput } from '../../terminal/input/terminal-input.js';
import { actionFor } from '../keymap/keymap.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';

/** Notifies the members of the room that the user begins or stops to write a message, after an input of the user. */
export function noticeTyping(
  before: AppState,
  [state, effects]: AppUpdate,
  input: TypedInput,
  atMs: number,
): AppUpdate {
  const { typing, room, composer } = state;
  const isWriting = isMessage(composer);
  if (typing?.isShown && (typing.room !== room || !isWriting)) {
    const stopped = { ...state, typing: { ...typing, isShown: false } };
    // Those who get the message know it already.
    const isSent = effects.some((effect) => effect.type === 'submit');
    const isOver = atMs - typing.atMs >= typingTimesMs.expiry;
    if (isSent || isOver) return [stopped, effects];
    return [stopped, [...effects, { type: 'typing', room: typing.room, stopped: true }]];
  }
  const isTyped =
    isWriting &&
    state.mode.type === 'conversation' &&
    before.room === room &&
    before.composer.editor.text !== composer.editor.text &&
    (input.type !== 'key' || actionFor('editing', input.key) !== undefined);
  if (!isTyped || !canNotify(state)) return [state, effects];
  if (typing && atMs - typing.atMs < typingTimesMs.interval) return [state, effects];
  return [
    { ...state, typing: { room, atMs, isShown: true } },
    [...effects, { type: 'typing', room, stopped: false }],
  ];
}

/** Neither a command nor another form of a message that was sent. */
function isMessage({ editor: { text }, editing }: AppState['composer']): boolean {
  return !editing && text.trim() !== '' && (!text.startsWith('/') || text.startsWith('//'));
}

function canNotify({ session, preferences }: AppState): boolean {
  return preferences.typing === 'on' && session?.phase.type === 'live' && session.hasRooms;
}
