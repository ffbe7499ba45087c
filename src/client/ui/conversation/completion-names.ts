import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { AppState } from '../app-state.js';
import { seenNames } from './seen-names.js';
import { foldText, isSameName } from '../../../shared/fold-text.js';

/** The names that Tab completes: who wrote last comes first, then who else is online. Not the own one. */
export function completionNames({ session, preferences }: AppState): string[] {
  if (!session) return [];
  const online = [...(session.online ?? [])].sort((one, other) => one.localeCompare(other));
  const names = [...seenNames(session), ...online].filter(
    (name) => !isSameName(name, session.user) && !preferences.ignored.includes(foldText(name)),
  );
  return [...new Set(names.map(sanitiseLine))].filter((name) => name.trim() !== '');
}
