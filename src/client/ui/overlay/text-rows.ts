import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { AppState } from '../app-state.js';
import { seenNames } from '../conversation/seen-names.js';
import { helpRows } from '../help/help.js';
import type { TextOverlay } from './overlay.js';
import { foldText } from '../../../shared/fold-text.js';

/** The rows of an overlay of text, all of them. */
export function textRows(overlay: TextOverlay, state: AppState, width: number): string[] {
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
