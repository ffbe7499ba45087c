import { messageKind } from '../../shared/message.js';
import { summaryOf } from '../messages/entry-summary.js';
import type { Entry, Mention, Mentioned } from '../messages/message-log.js';

/** Who is mentioned where, in memory. */
export type MentionIndex = {
  /** The next entry of the log. */
  add(entry: Entry): void;
  /** The mentions of an entry that was added. */
  remove(entry: Entry): void;
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
        list.push(mention);
        if (list.length > 2 * maxRemembered) list.splice(0, maxRemembered);
        lists.set(key, list);
      }
    },
    remove(entry) {
      for (const { of, sequence } of mentionsIn(entry)) {
        const list = lists.get(keyOf(of)) ?? [];
        const index = list.findIndex((mention) => mention.sequence === sequence);
        if (index >= 0) list.splice(index, 1);
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
