import { decodeText, encodeText } from '../../../shared/text.js';
import type { Entry, Mention, Mentioned } from '../../messages/message-log.js';
import { mentionsIn } from '../mention-index.js';
import { del, numbers, put, readNumbers } from './level-records.js';
import { isDamage, type KeyRange, type Operation, type OrderedStore } from './ordered-store.js';

const letter = 'n';

/**
 * `n` account id, 0, sequence, and `n`, 0, room, sequence: the room and the sender of a message that mentions the account, or
 * all members of the room. Account ids contain no control character.
 */
export const mentionKeys = {
  key: (of: Mentioned, sequence: number): Uint8Array =>
    Buffer.concat(
      'account' in of
        ? [encodeText(`${letter}${of.account}\u0000`), numbers(sequence)]
        : [encodeText(`${letter}\u0000`), numbers(of.allOf, sequence)],
    ),
  /** Up to `before` (exclusive). */
  range: (of: Mentioned, before: number): KeyRange => ({
    from: mentionKeys.key(of, 0),
    to: mentionKeys.key(of, before),
  }),
  all: { from: encodeText(letter), to: encodeText('o') },
  sequence: (key: Uint8Array): number => readNumbers(key.subarray(-8), 1)?.[0] ?? 0,
};

/** For the batch that stores the entry. */
export function mentionPuts(entry: Entry): Operation[] {
  return mentionsIn(entry).map(({ of, sequence, room, sender }) =>
    put(mentionKeys.key(of, sequence), Buffer.concat([numbers(room), encodeText(sender)])),
  );
}

/** For the batch that deletes the content of the entry. */
export function mentionDels(entry: Entry): Operation[] {
  return mentionsIn(entry).map(({ of, sequence }) => del(mentionKeys.key(of, sequence)));
}

/** As `MessageLog.mentions`. A damaged index has none. */
export async function readMentions(
  store: Pick<OrderedStore, 'scan'>,
  of: Mentioned,
  before: number,
  maxCount: number,
): Promise<readonly Mention[]> {
  const found: Mention[] = [];
  if (maxCount <= 0) return found;
  try {
    const range = { ...mentionKeys.range(of, before), reverse: true, pagePairs: maxCount };
    await store.scan(range, ([key, value]) => {
      const [room] = readNumbers(value.subarray(0, 8), 1) ?? [];
      if (room !== undefined)
        found.push({ sequence: mentionKeys.sequence(key), room, sender: decodeText(value.subarray(8)) });
      return found.length < maxCount;
    });
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return found;
}

const removedPerWrite = 1000;
const scannedPerTurn = 5000;

/** Removes the records of entries below `oldest` until `mayContinue` returns false. */
export async function removeMentionsBelow(
  store: Pick<OrderedStore, 'scan' | 'write'>,
  oldest: number,
  mayContinue: () => boolean,
): Promise<void> {
  for (let { from, to } = mentionKeys.all; mayContinue();) {
    const removed: Uint8Array[] = [];
    let left = scannedPerTurn;
    const isDone = await store.scan({ from, to }, ([key]) => {
      if (mentionKeys.sequence(key) < oldest) removed.push(key);
      from = Uint8Array.of(...key, 0);
      return --left > 0 && removed.length < removedPerWrite;
    });
    if (removed.length > 0) await store.write(removed.map(del));
    if (isDone) return;
  }
}
