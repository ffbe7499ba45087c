import { commands } from '../commands/commands.js';
import { argumentWords } from '../commands/suggestions.js';
import type { ListedPaths } from '../../system/list-paths.js';
import type { TypedInput } from '../../terminal/input/terminal-input.js';
import { dropLastAttachment, pasteClipboard, typePasted, updatePaste } from '../attachments/attachments.js';
import { quit } from '../commands/run-command.js';
import { complete, completePaths, type Completion, nextOption, pathStart } from '../composer/completion.js';
import {
  draftText,
  applyEdit,
  isEmptyDraft,
  moveVertically,
  recallSent,
  stopEditing,
} from '../composer/composer.js';
import { editorActions, newLine } from '../composer/editor.js';
import {
  extendQuery,
  findOlder,
  type HistoryMatch,
  type HistorySearch,
  newHistorySearch,
  shortenQuery,
} from '../composer/history-search.js';
import type { ListView } from '../conversation/message-list.js';
import {
  goToNewest,
  goToOldest,
  jumpToMention,
  jumpToUnread,
  markAsRead,
  pageDown,
  pageUp,
  withReading,
} from '../conversation/reading.js';
import { updateEmojiPicker } from '../dialogs/emoji-picker.js';
import { updateRoomBrowser } from '../dialogs/room-browser.js';
import { openSwitcher, toggleRoomList, updateRoomPicker } from '../dialogs/room-picker.js';
import { updateTextDialog } from '../dialogs/text-dialog.js';
import { actionFor, type ActionIn } from '../keymap/keymap.js';
import { openNeighbour, openNextNews, openNumbered, openPrevious } from '../rooms/open-room.js';
import { hasSeveralRooms } from '../rooms/room-order.js';
import { endSearch, openSearch, stepToHit, updateSearch } from '../search/update-search.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation } from '../state/mode.js';
import { submit } from './submit.js';
import { startSelection, updateSelection } from './update-selection.js';

const maxCompletedMembers = 1000;

/** Handles a key, text or paste after the login. */
export function updateConversation(state: AppState, input: TypedInput, view: ListView): AppUpdate {
  const inMode = updateInMode(state, input, view);
  if (inMode) return inMode;
  const { mode } = state;
  // A command is about the message that was selected.
  const isCommand = mode.type === 'selection' && input.type === 'text' && input.text.startsWith('/');
  const kept = isCommand ? withReading(state, { highlightedKey: mode.key }) : state;
  return updateWriting({ ...kept, mode: conversation }, input, view);
}

/** Undefined: the input ends the mode and has its usual effect. */
function updateInMode(state: AppState, input: TypedInput, view: ListView): AppUpdate | undefined {
  const { mode } = state;
  switch (mode.type) {
    case 'conversation':
    case 'login':
      return undefined;
    case 'search':
      return updateSearch(state, mode, input, view);
    case 'room-browser':
      return updateRoomBrowser(state, mode, input, view);
    case 'help':
    case 'users':
    case 'members':
      return updateTextDialog(state, mode, input, view);
    case 'rooms':
      return updateRoomPicker(state, mode, input, view);
    case 'emoji':
      return updateEmojiPicker(state, mode, input, view);
    case 'history-search': {
      const updated = updateHistorySearch(state, mode, input);
      return updated && [updated, []];
    }
    case 'selection': {
      const key = input.type === 'key' ? input.key : input.type === 'text' ? input.text : '';
      return updateSelection(state, mode, key, view);
    }
  }
}

function updateWriting(state: AppState, input: TypedInput, view: ListView): AppUpdate {
  if (input.type === 'text') return withMembers(typePasted(state, input.text), input.text);
  if (input.type === 'paste') return updatePaste(state, input.text);
  const action = actionFor('conversation', input.key);
  return (action && runAction(state, action, view)) ?? [editDraft(state, input.key), []];
}

/** Loads the members of the room while a name is typed, for Tab. */
function withMembers(state: AppState, typed: string): AppUpdate {
  const { session, room, members } = state;
  if (!typed.includes('@') || session?.phase.type !== 'live' || !session.hasRooms) return [state, []];
  const count = session.room.memberCount;
  if (members?.room === room && members.count === count) return [state, []];
  const known = members?.room === room ? members.names : [];
  return [
    { ...state, members: { room, count, names: known } },
    [{ type: 'list-members', room, max: maxCompletedMembers }],
  ];
}

/** Undefined: the key edits the draft. */
function runAction(state: AppState, action: ActionIn<'conversation'>, view: ListView): AppUpdate | undefined {
  const { composer } = state;
  switch (action) {
    case 'submit':
      return submit(state);
    case 'new-line':
      return [{ ...state, composer: applyEdit(composer, newLine) }, []];
    case 'complete':
      return completed(state, 1);
    case 'complete-back':
      return completed(state, -1);
    case 'paste':
      return pasteClipboard(state);
    case 'line-up':
      return [{ ...state, composer: moveVertically(composer, -1, view.draft) }, []];
    case 'line-down':
      return [{ ...state, composer: moveVertically(composer, 1, view.draft) }, []];
    case 'next-news':
      return openNextNews(state);
    case 'news-above':
      return openNeighbour(state, -1, 'news');
    case 'news-below':
      return openNeighbour(state, 1, 'news');
    case 'previous-room':
      return neighbourOrRecalled(state, -1);
    case 'next-room':
      return neighbourOrRecalled(state, 1);
    case 'room-1':
    case 'room-2':
    case 'room-3':
    case 'room-4':
    case 'room-5':
    case 'room-6':
    case 'room-7':
    case 'room-8':
    case 'room-9':
      return openNumbered(state, Number(action.slice(-1)));
    case 'last-room':
      return openPrevious(state);
    case 'mark-read':
      return markAsRead(state);
    case 'search-history':
      return [{ ...state, mode: newHistorySearch(composer) }, []];
    case 'page-up':
      return pageUp(state, view);
    case 'page-down':
      return pageDown(state, view);
    case 'oldest':
      return goToOldest(state, view);
    case 'newest':
      return goToNewest(state, view);
    case 'newest-if-empty':
      return composer.editor.text === '' ? goToNewest(state, view) : undefined;
    case 'first-unread':
      return jumpToUnread(state, view);
    case 'previous-mention':
      return [jumpToMention(state, -1, view), []];
    case 'next-mention':
      return [jumpToMention(state, 1, view), []];
    case 'search':
      return openSearch(state);
    case 'older-hit':
      return stepToHit(state, 1, view);
    case 'newer-hit':
      return stepToHit(state, -1, view);
    case 'select':
      return [startSelection(state, view), []];
    case 'drop-attachment':
      return [cancelled(state), []];
    case 'room-list':
      return toggleRoomList(state, view);
    case 'switch-room':
      return openSwitcher(state);
    case 'switch-room-if-empty':
      // In a draft it cuts, as in readline.
      return isEmptyDraft(composer) && hasSeveralRooms(state.session) ? openSwitcher(state) : undefined;
    case 'help':
      return [{ ...state, mode: { type: 'help', top: 0 } }, []];
    case 'quit-if-empty':
      // In a draft it deletes to the right, as in readline.
      return isEmptyDraft(composer)
        ? quit(state)
        : [{ ...state, composer: applyEdit(composer, editorActions['delete-right']) }, []];
  }
}

/** Esc ends the edit, the search, the reply, or drops an image, whichever is first. */
function cancelled(state: AppState): AppState {
  const { composer, lastSearch } = state;
  if (composer.editing) return { ...state, composer: stopEditing(composer) };
  if (lastSearch?.isActive) return endSearch(state, lastSearch);
  if (composer.replyTo) return { ...state, composer: { ...composer, replyTo: undefined } };
  return dropLastAttachment(state);
}

/** With a single room the keys recall what was sent, as in a shell. */
function neighbourOrRecalled(state: AppState, step: -1 | 1): AppUpdate {
  if (hasSeveralRooms(state.session)) return openNeighbour(state, step);
  return [{ ...state, composer: recallSent(state.composer, step) }, []];
}

function editDraft(state: AppState, key: string): AppState {
  const action = actionFor('editing', key);
  return action ? { ...state, composer: applyEdit(state.composer, editorActions[action]) } : state;
}

function completed(state: AppState, step: -1 | 1): AppUpdate {
  const { editor, completion } = state.composer;
  const path = pathStart(editor, { commands });
  if (path && !nextOption(editor, completion, step)) {
    const { text, cursor } = editor;
    return [state, [{ type: 'list-paths', text, path: text.slice(path.start, cursor), what: path.what }]];
  }
  return [
    withCompletion(state, complete(editor, completion, step, { commands, ...argumentWords(state) })),
    [],
  ];
}

function withCompletion(state: AppState, completion: Completion | undefined): AppState {
  const { composer } = state;
  return completion ? { ...state, composer: { ...composer, editor: completion.result, completion } } : state;
}

/** Takes the paths for Tab, unless the draft has changed since. */
export function pathsListed(state: AppState, text: string, paths: ListedPaths): AppState {
  const { editor } = state.composer;
  const path = pathStart(editor, { commands });
  if (editor.text !== text || !path) return state;
  if (paths === 'busy') return { ...state, notice: 'That directory does not answer.' };
  // A name with control characters cannot be written in a draft.
  const possible = paths.filter((each) => draftText(each) === each);
  if (possible.length === 0) {
    return {
      ...state,
      notice: `No ${path.what === 'images' ? 'image or directory' : 'directory'} begins with that.`,
    };
  }
  return withCompletion(state, completePaths(editor, path.start, possible));
}

/** Handles input in the history search; undefined: the input ends it and has its usual effect. */
function updateHistorySearch(
  state: AppState,
  search: HistorySearch,
  input: TypedInput,
): AppState | undefined {
  const { composer } = state;
  const withMatch = ([matched, mode]: HistoryMatch): AppState => ({ ...state, composer: matched, mode });
  if (input.type === 'text') return withMatch(extendQuery(composer, search, input.text));
  if (input.type !== 'key') return undefined;
  switch (actionFor('history-search', input.key)) {
    case 'older':
      return withMatch(findOlder(composer, search));
    case 'delete-left':
      return withMatch(shortenQuery(composer, search));
    case 'accept':
      return { ...state, mode: conversation };
    case 'cancel':
      return { ...state, composer: { ...composer, editor: search.before }, mode: conversation };
    case undefined:
      return undefined;
  }
}
