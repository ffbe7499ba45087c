import { foldText } from '../../../shared/fold-text.js';
import type { TypedInput } from '../../terminal/input/terminal-input.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { ListView } from '../conversation/message-list.js';
import { recentAuthors } from '../conversation/user-names.js';
import { actionFor } from '../keymap/keymap.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation, type TextDialog } from '../state/mode.js';
import { helpRows, type HelpRow } from './help.js';

/** Handles input in a text dialog; undefined: the dialog closes, and the input goes to the draft. */
export function updateTextDialog(
  state: AppState,
  dialog: TextDialog,
  input: TypedInput,
  view: ListView,
): AppUpdate | undefined {
  if (input.type !== 'key') return undefined;
  const action = actionFor('text-dialog', input.key);
  if (action === 'close') return [{ ...state, mode: conversation }, []];
  const steps = { 'line-up': -1, 'line-down': 1, 'page-up': -view.height, 'page-down': view.height };
  const top = Math.max(0, dialog.top + (action ? steps[action] : 0));
  const { length } = textRows(dialog, state, view.width - 1);
  return [{ ...state, mode: { ...dialog, top: firstTextRow(top, length, view.height) } }, []];
}

/** All rows of a dialog. */
export function textRows(dialog: TextDialog, state: AppState, width: number): HelpRow[] {
  return dialog.type === 'help'
    ? helpRows(width)
    : userRows(state).map((text) => ({ text, look: 'plain' as const }));
}

/** The first visible row. The last page is always full. */
export function firstTextRow(top: number, length: number, height: number): number {
  return Math.max(0, Math.min(top, length - height));
}

function userRows({ session, preferences }: AppState): string[] {
  if (!session) return [];
  const { online } = session;
  const heading = online
    ? `${online.length} online`
    : 'This server does not report who is online. Recent authors:';
  const names = [...(online ?? recentAuthors(session))].sort((one, other) => one.localeCompare(other));
  return [
    heading,
    '',
    ...names.map((name) =>
      preferences.ignored.includes(foldText(name)) ? `${sanitiseLine(name)} (ignored)` : sanitiseLine(name),
    ),
  ];
}
