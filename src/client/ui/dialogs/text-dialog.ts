import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { AppState } from '../state/app-state.js';
import { seenNames } from '../conversation/user-names.js';
import { helpRows } from './help.js';
import type { TextDialog } from '../state/mode.js';
import { foldText } from '../../../shared/fold-text.js';

/** The rows of an overlay of text, all of them. */
export function textRows(overlay: TextDialog, state: AppState, width: number): string[] {
  return overlay.type === 'help' ? helpRows(width) : userRows(state);
}

/** The first row in view: the last page is always full. */
export function firstTextRow(top: number, length: number, height: number): number {
  return Math.max(0, Math.min(top, length - height));
}

/** Who is online; where the server does not say, who has written. */
function userRows({ session, preferences }: AppState): string[] {
  if (!session) return [];
  const { online } = session;
  const heading = online ? `${online.length} online` : 'This server does not say who is online. Seen here:';
  const names = [...(online ?? seenNames(session))].sort((one, other) => one.localeCompare(other));
  return [
    heading,
    '',
    ...names.map((name) =>
      preferences.ignored.includes(foldText(name)) ? `${sanitiseLine(name)} (ignored)` : sanitiseLine(name),
    ),
  ];
}
