import type { SessionState } from '../../session/state.js';
import { isSameName } from '../../session/item.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { AppState } from '../state/app-state.js';
import { foldText } from '../../../shared/fold-text.js';

/** So many of the newest messages are looked at. */
const lookedAt = 1000;

/** Who has written lately, the last one first, each once. */
export function seenNames({ timeline }: SessionState): string[] {
  const { items } = timeline;
  const names = items
    .slice(Math.max(0, items.length - lookedAt), items.length)
    .map(({ message }) => message.from);
  return [...new Set(names.reverse())];
}

/** The names that Tab completes: who wrote last comes first, then who else is online. Not the own one. */
export function completionNames({ session, preferences }: AppState): string[] {
  if (!session) return [];
  const online = [...(session.online ?? [])].sort((one, other) => one.localeCompare(other));
  const names = [...seenNames(session), ...online].filter(
    (name) => !isSameName(name, session.user) && !preferences.ignored.includes(foldText(name)),
  );
  return [...new Set(names.map(sanitiseLine))].filter((name) => name.trim() !== '');
}
