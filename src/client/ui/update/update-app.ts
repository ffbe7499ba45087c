import { withColourReply } from '../../terminal/colour/terminal-colours.js';
import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import {
  addAttachment,
  prepareAttachments,
  stopPreparing,
  takeClipboard,
  takeEdited,
  typePasted,
} from '../attachments/attachments.js';
import { changeFailed } from '../commands/message-commands.js';
import { failureText, roomCalled } from '../commands/room-outcomes.js';
import { roomMuted } from '../commands/room-settings.js';
import { interruptNotice, keepFailed } from '../commands/run-command.js';
import { clearDraft, draftText, remember } from '../composer/composer.js';
import { formatDateTime } from '../conversation/local-time.js';
import type { ListView } from '../conversation/message-list.js';
import { updateReading, scrollByWheel, wheelRows } from '../conversation/reading.js';
import { showUnread } from '../conversation/resume-reading.js';
import { roomsListed, updateRoomBrowser } from '../dialogs/room-browser.js';
import { updateEmojiPicker } from '../dialogs/emoji-picker.js';
import { updateRoomPicker } from '../dialogs/room-picker.js';
import { membersListed, updateTextDialog } from '../dialogs/text-dialog.js';
import { actionFor } from '../keymap/keymap.js';
import { updateLogin } from '../login/login-form.js';
import { closeSearch, updateFound, updateSearch } from '../search/update-search.js';
import { inDraftOf, openRoom } from '../rooms/open-room.js';
import { endMutes } from '../rooms/room-settings.js';
import type { AppEffect, AppEvent, AppUpdate, TypedCommand } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation, dialogOf, isBeingEdited, type PendingKey } from '../state/mode.js';
import { noticeTyping } from './notice-typing.js';
import { submit } from './submit.js';
import { pathsListed, updateConversation } from './update-conversation.js';
import {
  chatLoaded,
  forgetDelivered,
  loginForm,
  showFailure,
  showLogin,
  updateSession,
} from './update-session.js';

type MouseInput = Extract<TerminalInput, { type: 'mouse' }>;

const quitConfirmMs = 2000;

/** All decisions of the screen, as a pure function. `view` is the current layout of the message list. */
export function updateApp(state: AppState, event: AppEvent, view: ListView): AppUpdate {
  switch (event.type) {
    case 'input':
      return updateInput(state, event.input, event.at, view);
    case 'session-changed':
      return updateSession(state, event.session, event.at);
    case 'chat-loaded':
      return chatLoaded(state, event.id, event.saved);
    case 'unread-found':
      return showUnread(state, view);
    case 'login-failed':
      return showFailure(state, event.reason);
    case 'trust-asked': {
      const { server, fingerprint } = event;
      if (isBeingEdited(state.mode)) return [state, [{ type: 'answer-trust', trusted: false }]];
      return showLogin(state, { ...loginForm(state), busy: true, question: { server, fingerprint } });
    }
    case 'clipboard-read':
      return clipboardRead(state, event);
    case 'text-pasted':
      return inDraftOf(state, event.room, (there) => [typePasted(there, event.text), []]);
    case 'paths-pasted':
      return inDraftOf(state, event.room, (there) => prepareAttachments(there, event.paths));
    case 'attachment-ready':
      return inDraftOf(state, event.room, (there) => addAttachment(there, event.attachment, event.name));
    case 'attachment-failed': {
      const [stopped] = inDraftOf(state, event.room, (there) => [stopPreparing(there), []]);
      return [failed(stopped, event), []];
    }
    case 'failed':
      return [failed(state, event), []];
    case 'search-found':
    case 'search-ended':
      return updateFound(state, event);
    case 'room-called':
      return roomCalled(state, event);
    case 'room-call-failed':
      return [failed(state, { ...event, reason: failureText(state, event.call, event.reason) }), []];
    case 'change-failed':
      return changeFailed(state, event);
    case 'emoji-loaded': {
      const loaded: AppState = { ...state, emoji: event.emoji };
      return event.thenSubmit ? submit(loaded) : [loaded, []];
    }
    case 'room-muted':
      return roomMuted(state, event.room, event.untilMs, formatDateTime(event.untilMs));
    case 'mutes-ended':
      return endMutes(state, event.nowMs);
    case 'rooms-listed':
      return [roomsListed(state, event), []];
    case 'members-listed':
      return [membersListed(state, event), []];
    case 'paths-listed':
      return [pathsListed(state, event.text, event.paths), []];
    case 'draft-edited':
      return draftEdited(state, event.room, event.text);
    case 'draft-edit-failed':
      return [{ ...state, notice: { tone: 'error', text: sanitiseLine(event.reason) } }, []];
    case 'notice': {
      const text = sanitiseLine(event.text);
      return [{ ...state, notice: event.tone ? { tone: event.tone, text } : text }, []];
    }
    case 'timer-fired':
      return updateTimer(state, event.at);
  }
}

function clipboardRead(state: AppState, event: Extract<AppEvent, { type: 'clipboard-read' }>): AppUpdate {
  const { room, content, command } = event;
  const kept = content.type === 'nothing' ? keepFailed(state, command) : state;
  const [taken, effects] = inDraftOf(kept, room, (there) => takeClipboard(there, content));
  // The room is gone.
  const isUnused = content.type === 'image' && effects.length === 0;
  const removes: readonly AppEffect[] = isUnused ? [{ type: 'remove-file', file: content.file }] : effects;
  return [{ ...taken, clipboardPending: false }, removes];
}

/** What was written in an editor for a room that is gone is recalled by Up. */
function draftEdited(state: AppState, room: number, text: string): AppUpdate {
  if (room === state.room || state.session?.rooms.has(room))
    return inDraftOf(state, room, (there) => [takeEdited(there, text), []]);
  const { composer } = state;
  return [{ ...state, composer: { ...composer, history: remember(composer.history, draftText(text)) } }, []];
}

function failed(state: AppState, { reason, command }: { reason: string; command?: TypedCommand }): AppState {
  return { ...keepFailed(state, command), notice: { tone: 'error', text: sanitiseLine(reason) } };
}

function updateInput(state: AppState, input: TerminalInput, at: number, view: ListView): AppUpdate {
  if (input.type === 'reply') return [withReply(state, input.sequence), []];
  if (input.type === 'focus') {
    const attention = { ...state.attention, focused: input.focused, supportsFocusEvents: true };
    return updateReading({ ...state, attention }, at);
  }
  if (input.type === 'mouse') return updateMouse(state, input, at, view);
  if (input.type === 'key') {
    switch (actionFor('always', input.key)) {
      case 'interrupt':
        return updateInterrupt(state, at);
      case 'redraw':
        return [state, [{ type: 'redraw' }]];
      case 'suspend':
        return [state, [{ type: 'suspend' }]];
      case undefined:
        break;
    }
  }
  const attention = { ...state.attention, lastInputAtMs: at };
  const current: AppState = { ...state, notice: undefined, pendingKey: undefined, attention };
  if (current.mode.type === 'login') return updateLogin(current, current.mode.form, input);
  const prefixed = input.type === 'key' ? updatePrefix(current, state.pendingKey, input.key) : undefined;
  if (prefixed) return prefixed;
  const updated = noticeTyping(current, updateConversation(current, input, view), input, at);
  return afterUse(state, updated, at);
}

/** Notes what was read, and drops the older pages when they left the view. */
function afterUse(state: AppState, [next, effects]: AppUpdate, at: number): AppUpdate {
  const [read, waits] = updateReading(next, at);
  // The older pages are no longer in view.
  const isBack = state.reading.viewport.type === 'anchored' && read.reading.viewport.type === 'newest';
  const { session } = read;
  const forgets = isBack && (session?.timeline.hasPreviousPages === true || session?.excerpt !== undefined);
  return [read, [...effects, ...waits, ...(forgets ? [{ type: 'forget-previous-pages' } as const] : [])]];
}

const selectNotice = 'To select text, hold Shift (Option in iTerm2) and drag, or type /mouse off.';

/** The wheel scrolls what is in view. A drag explains how to select, since the terminal no longer does it. */
function updateMouse(state: AppState, input: MouseInput, at: number, view: ListView): AppUpdate {
  const { action, x, y } = input;
  const attention = { ...state.attention, lastInputAtMs: at };
  const current = { ...state, attention };
  if (action === 'press') return [{ ...current, mousePress: { x, y } }, []];
  if (action === 'release') {
    const { mousePress } = state;
    const isDrag = mousePress !== undefined && (mousePress.x !== x || mousePress.y !== y);
    const clicked = mousePress && !isDrag ? view.roomAt(x, y) : undefined;
    if (clicked !== undefined) return clickRoom({ ...current, mousePress: undefined }, clicked, at);
    return [{ ...current, mousePress: undefined, notice: isDrag ? selectNotice : state.notice }, []];
  }
  const direction = action === 'wheel-up' ? -1 : 1;
  const roomListTop = view.scrolledRoomList(x, y, direction * wheelRows);
  if (roomListTop !== undefined) return [{ ...current, roomListTop }, []];
  return afterUse(state, turnWheel(current, direction, view), at);
}

/** Goes to a room of the list, from a dialog too. */
function clickRoom(state: AppState, room: number, at: number): AppUpdate {
  const [closed, stops] = dialogOf(state.mode) ? clear(state) : ([state, []] as const);
  const [opened, effects] = openRoom({ ...closed, mode: conversation, notice: undefined }, room);
  return afterUse(state, [opened, [...stops, ...effects]], at);
}

function turnWheel(state: AppState, direction: -1 | 1, view: ListView): AppUpdate {
  const { mode } = state;
  const arrow = { type: 'key', key: direction < 0 ? 'up' : 'down' } as const;
  switch (mode.type) {
    case 'login':
      return [state, []];
    case 'help':
    case 'users':
    case 'members':
      // The arrow scrolls by one row.
      return (
        updateTextDialog(state, { ...mode, top: mode.top + direction * (wheelRows - 1) }, arrow, view) ?? [
          state,
          [],
        ]
      );
    case 'search':
      return updateSearch(state, mode, arrow, view);
    case 'room-browser':
      return updateRoomBrowser(state, mode, arrow, view);
    case 'rooms':
      return updateRoomPicker(state, mode, arrow, view);
    case 'emoji':
      return updateEmojiPicker(state, mode, arrow, view);
    case 'conversation':
    case 'selection':
    case 'history-search':
      return scrollByWheel(state, direction, view);
  }
}

function withReply(state: AppState, sequence: string): AppState {
  const colours = withColourReply(state.colours, sequence);
  return colours === state.colours ? state : { ...state, colours };
}

/** Ctrl+X waits for a second key, as in a shell. */
function updatePrefix(state: AppState, pending: PendingKey | undefined, key: string): AppUpdate | undefined {
  if (dialogOf(state.mode)) return undefined;
  switch (actionFor('prefix', key)) {
    case 'start':
      return [{ ...state, pendingKey: { type: 'prefix' }, notice: 'Ctrl+X Ctrl+E opens your editor' }, []];
    case 'open-editor':
      return pending?.type === 'prefix'
        ? [state, [{ type: 'edit-draft', room: state.room, text: state.composer.editor.text }]]
        : undefined;
    case undefined:
      return undefined;
  }
}

/** Ends the selection, closes the dialog or clears the draft, and asks; a second Ctrl+C quits. */
function updateInterrupt(state: AppState, at: number): AppUpdate {
  const { mode, pendingKey } = state;
  if (pendingKey?.type === 'quit' && at <= pendingKey.untilMs) return [state, [{ type: 'quit' }]];
  if (mode.type === 'selection') return [{ ...state, mode: conversation }, []];
  const asked: AppState = {
    ...state,
    pendingKey: { type: 'quit', untilMs: at + quitConfirmMs },
    notice: { tone: 'warning', text: interruptNotice(state) },
  };
  const [cleared, effects] = clear(asked);
  return [cleared, [...effects, { type: 'wait', delayMs: quitConfirmMs }]];
}

function clear(state: AppState): AppUpdate {
  const { mode, composer } = state;
  if (mode.type === 'search') return closeSearch(state);
  if (dialogOf(mode)) return [{ ...state, mode: conversation }, []];
  // The login screen hides the draft.
  if (mode.type === 'login') return [state, []];
  return [{ ...state, mode: conversation, composer: clearDraft(composer) }, []];
}

function updateTimer(state: AppState, at: number): AppUpdate {
  const current = forgetDelivered(state, at);
  const { pendingKey } = current;
  const isOver = pendingKey?.type === 'quit' && at >= pendingKey.untilMs;
  return updateReading(isOver ? { ...current, notice: undefined, pendingKey: undefined } : current, at);
}
