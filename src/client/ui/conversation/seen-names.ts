import type { SessionState } from '../../session/state.js';

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
