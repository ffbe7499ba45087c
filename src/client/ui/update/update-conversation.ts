import type { TerminalInput } from '../../terminal/input/terminal-input.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { dropLastAttachment } from '../attachments/attachments.js';
import { commands } from '../commands/commands.js';
import { complete } from '../composer/completion.js';
import { isEmptyDraft, pressEditingKey } from '../composer/composer.js';
import { pasteClipboard, typePasted, updatePaste } from '../attachments/paste.js';
import { quit } from '../commands/quit.js';
import { endHistorySearch, startHistorySearch, updateHistorySearch } from '../composer/history-search.js';
import { updateOverlay } from '../dialogs/update-dialog.js';
import { startSelection, updateSelection } from './update-selection.js';
import { openSearch } from '../search/update-search.js';
import { completionNames } from '../conversation/user-names.js';
import type { ListView } from '../conversation/message-list.js';
import { submit } from './submit.js';
import { updateScroll } from '../conversation/scroll.js';

/** What a key, text or paste does in the conversation. */
export function updateConversation(
  state: AppState,
  input: Exclude<TerminalInput, { type: 'reply' | 'focus' }>,
  view: ListView,
): AppUpdate {
  if (state.overlay) {
    const updated = updateOverlay(state, state.overlay, input, view);
    if (updated) return updated;
    return updateConversation({ ...state, overlay: undefined }, input, view);
  }
  const { historySearch } = state.composer;
  if (historySearch) {
    const composer = updateHistorySearch(state.composer, historySearch, input);
    if (composer) return [{ ...state, composer }, []];
    return updateConversation({ ...state, composer: endHistorySearch(state.composer) }, input, view);
  }
  if (state.selected !== undefined) {
    const key = input.type === 'key' ? input.key : input.type === 'text' ? input.text : '';
    return (
      updateSelection(state, key, view) ?? updateConversation({ ...state, selected: undefined }, input, view)
    );
  }
  if (input.type === 'text') return [typePasted(state, input.text), []];
  if (input.type === 'paste') return updatePaste(state, input.text);
  if (input.key === 'alt+up') return [startSelection(state, view), []];
  return (
    updateScroll(state, input.key, view) ??
    updateAction(state, input.key) ?? [
      { ...state, composer: pressEditingKey(state.composer, input.key) ?? state.composer },
      [],
    ]
  );
}

function updateAction(state: AppState, key: string): AppUpdate | undefined {
  switch (key) {
    case 'enter':
      return submit(state);
    case 'ctrl+v':
    case 'alt+v':
      return pasteClipboard(state);
    case 'f1':
      return [{ ...state, overlay: { type: 'help', top: 0 } }, []];
    case 'ctrl+f':
      return openSearch(state);
    case 'ctrl+r':
      return [{ ...state, composer: startHistorySearch(state.composer) }, []];
    case 'tab':
      return [completed(state, 1), []];
    case 'shift+tab':
      return [completed(state, -1), []];
    case 'escape':
      return [dropLastAttachment(state), []];
    case 'ctrl+d':
      // On a draft it deletes to the right, as readline does.
      return isEmptyDraft(state.composer)
        ? quit(state)
        : [{ ...state, composer: pressEditingKey(state.composer, 'delete') ?? state.composer }, []];
    default:
      return undefined;
  }
}

function completed(state: AppState, step: -1 | 1): AppState {
  const { composer } = state;
  const completion = complete(composer.editor, composer.completion, step, {
    commands,
    names: completionNames(state),
  });
  return completion ? { ...state, composer: { ...composer, editor: completion.result, completion } } : state;
}
