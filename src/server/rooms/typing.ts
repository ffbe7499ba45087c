import type { Clock } from '../../shared/clock.js';
import type { ChatError } from '../../shared/errors.js';
import { contentType, messageKind, type Participant } from '../../shared/message.js';
import { typingTimesMs, type TypingNotice } from '../../shared/presence-update.js';
import { emptyMessage } from '../../shared/codec.js';
import type { Peers } from '../messages/presence.js';
import type { OwnUpdates } from './own-updates.js';
import type { Rooms } from './rooms.js';

/** Who types where. Nothing of it is stored. */
export type TypingNotices = {
  /** Throws the reason why the user could not send a message to the room. */
  notice(typist: Participant, notice: TypingNotice): void;
};

type TypingOptions = {
  readonly rooms: Rooms;
  readonly peers: Peers;
  readonly clock: Clock;
  readonly deliver: OwnUpdates['typing'];
};

/** With more than this, those that are no longer shown are forgotten. */
const manyTypists = 1000;

/** Delivers a notice at most every `typingTimesMs.interval` for each user and room, and one end for each. */
export function createTypingNotices({ rooms, peers, clock, deliver }: TypingOptions): TypingNotices {
  /** When the last notice was delivered, and whether its end was. */
  const delivered = new Map<string, { readonly atMs: number; readonly stopped: boolean }>();

  const problem = ({ account, name }: Participant, room: number): ChatError | undefined => {
    const placement = { room, kind: messageKind.message };
    const content = { type: contentType.text, content: emptyMessage };
    const message = { sequence: 0, id: '', from: name, timestamp: clock.now(), ...content };
    return rooms.verdict({
      ...placement,
      message: () => ({ ...message, detail: { ...placement, account } }),
    });
  };

  const isDue = (key: string, stopped: boolean, nowMs: number): boolean => {
    const last = delivered.get(key);
    const ageMs = last ? nowMs - last.atMs : Infinity;
    return stopped
      ? last?.stopped === false && ageMs < typingTimesMs.expiry
      : ageMs >= typingTimesMs.interval;
  };

  const forgetOld = (nowMs: number): void => {
    for (const [key, { atMs }] of delivered) if (nowMs - atMs >= typingTimesMs.expiry) delivered.delete(key);
  };

  peers.onNote((note) => {
    if (note.kind !== 'typing' || problem(note, note.room)) return;
    deliver(note.account, { room: note.room, name: note.name, stopped: note.stopped });
  });

  return {
    notice(typist, { room, stopped }) {
      const rejected = problem(typist, room);
      if (rejected) throw rejected;
      const nowMs = clock.monotonicMs();
      const key = `${room} ${typist.account}`;
      if (!isDue(key, stopped, nowMs)) return;
      if (delivered.size > manyTypists) forgetOld(nowMs);
      delivered.set(key, { atMs: stopped ? (delivered.get(key)?.atMs ?? nowMs) : nowMs, stopped });
      deliver(typist.account, { room, name: typist.name, stopped });
      peers.send({ kind: 'typing', ...typist, room, stopped });
    },
  };
}
