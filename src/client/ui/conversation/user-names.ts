import { roomType } from '../../../shared/message.js';
import type { Conversation } from '../../session/state.js';
import { isSameName } from '../../../shared/fold-text.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { maxNameCells } from './message-block.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { AppState } from '../state/app-state.js';
import { foldText } from '../../../shared/fold-text.js';

const recentMessages = 1000;
const recentForWidth = 200;

/** The authors of the newest messages, the latest first. */
export function recentAuthors({ timeline }: Conversation): string[] {
  const { items } = timeline;
  const names = items
    .slice(Math.max(0, items.length - recentMessages), items.length)
    .map(({ message }) => message.from);
  return [...new Set(names.reverse())];
}

/** The width that the names of the newest messages need, or of those of the excerpt, and the user's own. */
export function widestName({ timeline, excerpt, user }: Conversation): number {
  const { items } = excerpt ?? timeline;
  const recent = items.slice(Math.max(0, items.length - recentForWidth), items.length);
  const names = new Set(recent.map(({ message }) => message.from)).add(user);
  return Math.max(...Array.from(names, (name) => Math.min(maxNameCells, textWidth(sanitiseLine(name)))));
}

/** The names that Tab completes: recent authors, then members of the room and other users, without the user's own name. */
export function completionNames({ session, preferences, members }: AppState): string[] {
  if (!session) return [];
  const { room, online = [] } = session;
  const known = members?.room === room.number ? members.names : [];
  const others = room.type === roomType.direct ? room.participants : [...known, ...sorted(online)];
  const names = [...recentAuthors(session), ...others].filter(
    (name) => !isSameName(name, session.user) && !preferences.ignored.includes(foldText(name)),
  );
  return [...new Set(names.map(sanitiseLine))].filter((name) => name.trim() !== '');
}

function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort((one, other) => one.localeCompare(other));
}
