import { describe, expect, test } from '@jest/globals';
import { decodeMessages } from '../../shared/codec.js';
import { contentType, lobby, messageKind, type Message, type Reaction } from '../../shared/message.js';
import { encodeText } from '../../shared/text.js';
import { editedMessage, entryWith, hasPlaceFor, removed, withReactions } from './current-form.js';
import { reactedTo, type OwnReaction } from '../../shared/message-rules.js';
import { removedKind } from './message-log.js';

const message: Message = {
  ...{ sequence: 7, id: 'a', from: 'ada', timestamp: 5, type: contentType.text },
  content: encodeText('hello'),
};
const reply = { room: 3, kind: messageKind.message, account: 'A', replyTo: 2 };

const own = (name: string, ...emoji: string[]): OwnReaction => ({ name, emoji });

/** Who has which emoji after these, each the whole set of one user. */
function after(...sets: readonly OwnReaction[]) {
  const byName = new Map<string, OwnReaction>();
  let reactions: readonly Reaction[] = [];
  for (const set of sets) {
    const result = reactedTo(reactions, byName.get(set.name), set);
    byName.set(set.name, result.kept);
    ({ reactions } = result);
  }
  return { reactions, byName };
}

const letters = Array.from({ length: 30 }, (_, index) => String.fromCodePoint(0x1f600 + index));

describe('an edited message', () => {
  test('keeps everything but its text, and says when it was edited', () => {
    const edited = editedMessage({ ...message, detail: reply }, encodeText('bye'), 9);
    expect(edited).toEqual({ ...message, content: encodeText('bye'), detail: { ...reply, edited: 9 } });
    expect(editedMessage(message, encodeText('bye'), 9).detail).toEqual({
      ...{ room: lobby, kind: messageKind.message },
      edited: 9,
    });
  });
});

describe('what remains of a removed entry', () => {
  test('is who wrote it, when and where, under kinds of their own', () => {
    const tombstone = removed({ ...message, detail: { ...reply, edited: 4, emoji: ['👍'] } });
    expect(tombstone).toEqual({
      ...message,
      content: new Uint8Array(),
      detail: { ...reply, deleted: true },
    });
    expect(entryWith(tombstone)).toMatchObject({ sequence: 7, room: 3, kind: removedKind.message });
    const change = removed({ ...message, detail: { room: 3, kind: messageKind.edit, target: 2 } });
    expect(entryWith(change)).toMatchObject({ room: 3, kind: removedKind.change });
    expect(decodeMessages(entryWith(change).bytes)[0]?.detail).toMatchObject({ target: 2, deleted: true });
  });
});

describe('reactions', () => {
  test('list the people of each emoji in the order in which they chose it', () => {
    const { reactions } = after(own('ada', '👍'), own('bob', '🎉', '👍'), own('cleo', '👍'));
    expect(reactions).toEqual([
      { emoji: '👍', names: ['ada', 'bob', 'cleo'], count: 3 },
      { emoji: '🎉', names: ['bob'], count: 1 },
    ]);
  });

  test('a set replaces the one before, and an empty one removes it', () => {
    const { reactions } = after(own('ada', '👍', '🎉'), own('bob', '👍'), own('ada', '🎉', '👀'), own('bob'));
    expect(reactions).toEqual([
      { emoji: '🎉', names: ['ada'], count: 1 },
      { emoji: '👀', names: ['ada'], count: 1 },
    ]);
  });

  test('an emoji that is repeated counts once', () => {
    expect(after(own('ada', '👍', '👍')).reactions).toEqual([{ emoji: '👍', names: ['ada'], count: 1 }]);
  });

  test('name at most 100 people of an emoji and count all', () => {
    const users = Array.from({ length: 150 }, (_, index) => own(`user${index}`, '👍'));
    const [reaction] = after(...users).reactions;
    expect(reaction?.names).toHaveLength(100);
    expect(reaction?.count).toBe(150);
    expect(after(...users, own('user3'), own('user149')).reactions[0]).toMatchObject({ count: 148 });
  });

  test('of a message have at most 20 different emoji: a further one is left out', () => {
    const sets = letters.slice(0, 20).map((emoji, index) => own(`user${index}`, emoji));
    const { reactions, byName } = after(...sets, own('zoe', letters[20] ?? '', letters[0] ?? ''));
    expect(reactions).toHaveLength(20);
    expect(byName.get('zoe')?.emoji).toEqual([letters[0]]);
    expect(hasPlaceFor(reactions, own('yan', letters[20] ?? ''))).toBe(false);
    expect(hasPlaceFor(reactions, own('yan', letters[3] ?? ''))).toBe(true);
    // Which replaces the only reaction with another emoji.
    expect(hasPlaceFor(reactions, own('user5', letters[20] ?? ''))).toBe(true);
  });

  test('are added to an entry, whatever it contains besides', () => {
    const [reaction] = after(own('ada', '👍')).reactions;
    const reactions = reaction ? [reaction] : [];
    for (const detail of [undefined, reply]) {
      const entry = entryWith({ ...message, ...(detail && { detail }) });
      const [read] = decodeMessages(withReactions(entry, reactions).bytes);
      expect(read).toMatchObject({ sequence: 7, from: 'ada', detail: { ...detail, reactions } });
    }
  });
});
