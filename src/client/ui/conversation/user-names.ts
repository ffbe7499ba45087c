import type { SessionState } from '../../session/state.js';
import { isSameName } from '../../../shared/fold-text.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { AppState } from '../state/app-state.js';
import { foldText } from '../../../shared/fold-text.js';

const recentMessages = 1000;

/** The authors of the newest messages, the latest first. */
export function recentAuthors({ timeline }: SessionState): string[] {
  const { items } = timeline;
  const names = items
    .slice(Math.max(0, items.length - recentMessages), items.length)
    .map(({ message }) => message.from);
  return [...new Set(names.reverse())];
}

/** The names that Tab completes: recent authors, then other online users, without the user's own name. */
export function completionNames({ session, preferences }: AppState): string[] {
  if (!session) return [];
  const online = [...(session.online ?? [])].sort((one, other) => one.localeCompare(other));
  const names = [...recentAuthors(session), ...online].filter(
    (name) => !isSameName(name, session.user) && !preferences.ignored.includes(foldText(name)),
  );
  return [...new Set(names.map(sanitiseLine))].filter((name) => name.trim() !== '');
}
