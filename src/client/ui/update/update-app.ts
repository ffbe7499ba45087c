import { withColourReply } from '../../terminal/colour/terminal-colours.js';
import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { addAttachment, prepareAttachments, stopPreparing } from '../attachments/attachments.js';
import { takeClipboard, takeEdited, typePasted } from '../attachments/paste.js';
import { interruptNotice } from '../commands/quit.js';
import { clearDraft } from '../composer/composer.js';
import type { ListView } from '../conversation/message-list.js';
import { updateReading } from '../conversation/reading.js';
import { actionFor } from '../keymap/keymap.js';
import { rejectForm } from '../login/login-form.js';
import { updateLogin } from '../login/update-login.js';
import { closeSearch, updateFound } from '../search/update-search.js';
import type { AppEvent, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation, dialogOf, type PendingKey } from '../state/mode.js';
import { updateConversation } from './update-conversation.js';
import { loginForm, problemText, quitOnUntrusted, showLogin, updateSession } from './update-session.js';

const quitConfirmMs = 2000;

/** All decisions of the screen, as a pure function. `view` is the current layout of the message list. */
export function updateApp(state: AppState, event: AppEvent, view: ListView): AppUpdate {
  switch (event.type) {
    case 'input':
      return updateInput(state, event.input, event.at, view);
    case 'session-changed':
      return updateSession(state, event.session, event.at);
    case 'login-failed': {
      const [next, effects] = showLogin(
        state,
        rejectForm(loginForm(state), problemText(event.reason), false),
      );
      return [next, [...effects, ...quitOnUntrusted(event.reason)]];
    }
    case 'trust-asked': {
      const { server, fingerprint } = event;
      return showLogin(state, { ...loginForm(state), question: { server, fingerprint } });
    }
    case 'clipboard-read':
      return takeClipboard(state, event.content);
    case 'text-pasted':
      return [typePasted(state, event.text), []];
    case 'paths-pasted':
      return prepareAttachments(state, event.paths);
    case 'attachment-ready':
      return addAttachment(state, event.attachment);
    case 'attachment-failed':
      return [{ ...stopPreparing(state), notice: { tone: 'error', text: sanitiseLine(event.reason) } }, []];
    case 'search-found':
    case 'search-ended':
      return updateFound(state, event);
    case 'draft-edited':
      return [takeEdited(state, event.text), []];
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

function updateInput(state: AppState, input: TerminalInput, at: number, view: ListView): AppUpdate {
  if (input.type === 'reply') return [withReply(state, input.sequence), []];
  if (input.type === 'focus') {
    const attention = { ...state.attention, focused: input.focused, supportsFocusEvents: true };
    return updateReading({ ...state, attention }, at);
  }
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
  const [next, effects] = updateConversation(current, input, view);
  const [read, waits] = updateReading(next, at);
  // The older pages are no longer in view.
  const isBack = state.reading.viewport.type === 'anchored' && read.reading.viewport.type === 'newest';
  const { session } = read;
  const forgets = isBack && (session?.timeline.hasPreviousPages === true || session?.excerpt !== undefined);
  return [read, [...effects, ...waits, ...(forgets ? [{ type: 'forget-previous-pages' } as const] : [])]];
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
        ? [state, [{ type: 'edit-draft', text: state.composer.editor.text }]]
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
  return [
    { ...state, mode: mode.type === 'login' ? mode : conversation, composer: clearDraft(composer) },
    [],
  ];
}

function updateTimer(state: AppState, at: number): AppUpdate {
  const { pendingKey } = state;
  const isOver = pendingKey?.type === 'quit' && at >= pendingKey.untilMs;
  return updateReading(isOver ? { ...state, notice: undefined, pendingKey: undefined } : state, at);
}
