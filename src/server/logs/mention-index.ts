import { messageKind } from '../../shared/message.js';
import { summaryOf } from '../messages/entry-summary.js';
import type { Entry, Mention, Mentioned } from '../messages/message-log.js';

/** Who is mentioned where, in memory. */
export type MentionIndex = {
  /** An entry of the log, usually the next one. */
  add(entry: Entry): void;
  remove(sequence: number): void;
  /** As `MessageLog.mentions`. */
  readonly find: (of: Mentioned, before: number, maxCount: number) => Promise<readonly Mention[]>;
};

/** Of each account, and of each room. */
const maxRemembered = 1000;

/** Remembers the newest mentions. */
export function createMentionIndex(): MentionIndex {
  const lists = new Map<string, Mention[]>();

  return {
    add(entry) {
      for (const { of, ...mention } of mentionsIn(entry)) {
        const key = keyOf(of);
        const list = lists.get(key) ?? [];
        list.splice(indexIn(list, mention.sequence), 0, mention);
        if (list.length > 2 * maxRemembered) list.splice(0, maxRemembered);
        lists.set(key, list);
      }
    },
    remove(sequence) {
      for (const list of lists.values()) {
        const index = indexIn(list, sequence);
        if (list[index]?.sequence === sequence) list.splice(index, 1);
      }
    },
    find(of, before, maxCount) {
      const found: Mention[] = [];
      const list = lists.get(keyOf(of)) ?? [];
      for (let index = list.length - 1; index >= 0 && found.length < maxCount; index--) {
        const mention = list[index];
        if (mention && mention.sequence < before) found.push(mention);
      }
      return Promise.resolve(found);
    },
  };
}

/** Of the first mention with this sequence or a higher one. */
function indexIn(list: readonly Mention[], sequence: number): number {
  let index = list.length;
  while (index > 0 && (list[index - 1]?.sequence ?? 0) >= sequence) index--;
  return index;
}

/** Whom the entry mentions. */
export function mentionsIn({ sequence, room, kind, bytes }: Entry): (Mention & { readonly of: Mentioned })[] {
  if (kind !== messageKind.message) return [];
  const { sender, mentionedAccounts, mentionsAll } = summaryOf(bytes);
  const mention = { sequence, room, sender };
  const accounts = mentionedAccounts.map((account) => ({ ...mention, of: { account } }));
  return mentionsAll ? [...accounts, { ...mention, of: { allOf: room } }] : accounts;
}

function keyOf(of: Mentioned): string {
  return 'account' in of ? of.account : `#${of.allOf}`;
}
