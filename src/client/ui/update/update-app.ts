import { type Background, backgroundOfReply } from '../../terminal/colour/background.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import type { AppEvent, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { addAttachment, prepareAttachments, stopPreparing } from '../attachments/attachments.js';
import { clearDraft } from '../composer/composer.js';
import { updateReading } from '../conversation/reading.js';
import { refuseForm } from '../login/login-form.js';
import { updateLogin } from '../login/update-login.js';
import type { ListView } from '../conversation/message-list.js';
import { updateConversation } from './update-conversation.js';
import { interruptNotice } from '../commands/quit.js';
import { takeClipboard, takeEdited, typePasted } from '../attachments/paste.js';
import { closeOverlay } from '../dialogs/update-dialog.js';
import { updateFound } from '../search/update-search.js';
import { hardStop, loginForm, problemText, updateSession } from './update-session.js';

/** How long a first Ctrl+C waits for the second, in milliseconds. */
const quitWindow = 2000;

/** Everything the screen decides, as a pure function. `view` is the message list as it is laid out now. */
export function updateApp(state: AppState, event: AppEvent, view: ListView): AppUpdate {
  switch (event.type) {
    case 'input':
      return updateInput(state, event.input, event.at, view);
    case 'session-changed':
      return updateSession(state, event.session, event.at);
    case 'login-failed':
      return [
        { ...state, login: refuseForm(loginForm(state), problemText(event.reason), false) },
        hardStop(event.reason),
      ];
    case 'trust-asked':
      return [
        {
          ...state,
          login: { ...loginForm(state), question: { server: event.server, fingerprint: event.fingerprint } },
        },
        [],
      ];
    case 'clipboard-read':
      return takeClipboard(state, event.content);
    case 'text-pasted':
      return [typePasted(state, event.text), []];
    case 'paths-pasted':
      return prepareAttachments(state, event.paths);
    case 'attachment-ready':
      return addAttachment(state, event.attachment);
    case 'attachment-failed':
      return [{ ...stopPreparing(state), notice: sanitiseLine(event.reason) }, []];
    case 'search-found':
    case 'search-ended':
      return updateFound(state, event);
    case 'draft-edited':
      return [takeEdited(state, event.text), []];
    case 'draft-edit-failed':
      return [{ ...state, notice: sanitiseLine(event.reason) }, []];
    case 'told':
      return [{ ...state, notice: sanitiseLine(event.text) }, []];
    case 'waited':
      return updateWaited(state, event.at);
  }
}

function updateInput(state: AppState, input: TerminalInput, at: number, view: ListView): AppUpdate {
  if (input.type === 'reply') return [withBackground(state, backgroundOfReply(input.sequence)), []];
  if (input.type === 'focus')
    return updateReading({ ...state, focused: input.focused, tellsFocus: true }, at);
  if (input.type === 'key') {
    if (input.key === 'ctrl+c') return updateInterrupt(state, at);
    if (input.key === 'ctrl+l') return [state, [{ type: 'redraw' }]];
    if (input.key === 'ctrl+z') return [state, [{ type: 'suspend' }]];
  }
  const rested = { ...state, notice: undefined, quitArmedUntil: undefined, chord: false, inputAt: at };
  if (rested.login) return updateLogin(rested, rested.login, input);
  const chorded = input.type === 'key' ? updateChord(state, rested, input.key) : undefined;
  if (chorded) return chorded;
  const [next, effects] = updateConversation(rested, input, view);
  const [read, waits] = updateReading(next, at);
  // Nobody looks at the older pages any more.
  const isBack = state.viewport.mode === 'anchored' && read.viewport.mode === 'newest';
  const forgets = isBack && read.session?.timeline.extended === true;
  return [read, [...effects, ...waits, ...(forgets ? [{ type: 'forget-older' } as const] : [])]];
}

function withBackground(state: AppState, background: Background | undefined): AppState {
  return background === undefined || background === state.background ? state : { ...state, background };
}

/** Ctrl+X waits for a second key; Ctrl+X Ctrl+E opens the editor, as in a shell. */
function updateChord(state: AppState, rested: AppState, key: string): AppUpdate | undefined {
  if (rested.overlay) return undefined;
  if (key === 'ctrl+x') return [{ ...rested, chord: true, notice: 'Ctrl+X Ctrl+E opens your editor' }, []];
  if (!state.chord || key !== 'ctrl+e') return undefined;
  return [rested, [{ type: 'edit-draft', text: rested.composer.editor.text }]];
}

/** Ctrl+C clears what there is to clear and asks; the second one within two seconds quits. */
function updateInterrupt(state: AppState, at: number): AppUpdate {
  if (state.quitArmedUntil !== undefined && at <= state.quitArmedUntil) return [state, [{ type: 'quit' }]];
  const armed = { ...state, quitArmedUntil: at + quitWindow, notice: interruptNotice(state) };
  if (state.selected !== undefined) return [{ ...state, selected: undefined }, []];
  const [cleared, effects] = armed.overlay
    ? closeOverlay(armed)
    : [{ ...armed, composer: clearDraft(state.composer) }, []];
  return [cleared, [...effects, { type: 'wait', milliseconds: quitWindow }]];
}

function updateWaited(state: AppState, at: number): AppUpdate {
  const lapsed = state.quitArmedUntil !== undefined && at >= state.quitArmedUntil;
  return updateReading(lapsed ? { ...state, notice: undefined, quitArmedUntil: undefined } : state, at);
}
