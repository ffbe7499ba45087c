import { createSignal, type Signal } from '../../shared/async/signal.js';
import { lobby } from '../../shared/message.js';
import { encodePresenceUpdate, type Typing } from '../../shared/presence-update.js';
import type { ReadMarks } from './read-marks.js';
import { settingsOf, type RoomMark } from './room-marks.js';
import { newestVisible } from './room-views.js';
import type { Rooms } from './rooms.js';
import { firstVisible } from './visibility.js';

/** What only one account is notified of. */
export type OwnUpdates = {
  /** Yields encoded updates with what has changed, until it throws the signal's reason. */
  follow(account: string, signal: AbortSignal): AsyncGenerator<Uint8Array, never, undefined>;
  /** Notifies the members of the room except `account`, who types. */
  readonly typing: (account: string, typing: Typing) => void;
};

type Session = {
  marks: Map<number, RoomMark>;
  /** By room and name. */
  typing: Map<string, Typing>;
  readonly changed: Signal;
};

/** In a large crowd a notice says little, and would cost a write for each user. */
const maxTypingSessions = 500;
/** Of a session that does not read. */
const maxTyping = 100;

type OwnUpdatesOptions = {
  readonly rooms: Rooms;
  readonly marks: Pick<ReadMarks, 'onChanged'>;
  readonly storageProblem: () => string | undefined;
};

/** A slow session gets several changes together: it waits for at most one of each room. */
export function createOwnUpdates({ rooms, marks, storageProblem }: OwnUpdatesOptions): OwnUpdates {
  const sessions = new Map<string, Set<Session>>();

  marks.onChanged((_isOwn, account, room, mark) => {
    for (const session of sessions.get(account) ?? []) {
      session.marks.set(room, mark);
      session.changed.notify();
    }
  });

  const isMember = (account: string, number: number): boolean =>
    firstVisible(rooms, account, number) !== undefined &&
    (number === lobby || (rooms.get(number)?.members.has(account) ?? false));

  const take = (account: string, session: Session): Uint8Array => {
    const changed = [...session.marks];
    const typing = [...session.typing.values()].filter(({ room }) => isMember(account, room));
    session.marks = new Map();
    session.typing = new Map();
    return encodePresenceUpdate({
      ...{ first: false, online: [], offline: [], storageProblem: storageProblem() },
      marks: changed.map(([room, { readUpTo }]) => ({ room, readUpTo })),
      settings: changed.flatMap(([number, { settings }]) => {
        const room = rooms.get(number);
        if (settings.changedAt === 0 || !room) return [];
        return [{ room: number, ...settingsOf(settings, newestVisible(rooms, account, room)) }];
      }),
      typing,
    });
  };

  return {
    typing(typist, typing) {
      let left = maxTypingSessions;
      for (const [account, own] of sessions) {
        if (account === typist || !isMember(account, typing.room)) continue;
        for (const session of own) {
          if (left-- === 0) return;
          if (session.typing.size < maxTyping) session.typing.set(`${typing.room} ${typing.name}`, typing);
          session.changed.notify();
        }
      }
    },
    async *follow(account, signal) {
      const session: Session = { marks: new Map(), typing: new Map(), changed: createSignal() };
      const own = sessions.get(account) ?? new Set();
      sessions.set(account, own.add(session));
      try {
        for (;;) {
          if (session.marks.size + session.typing.size === 0) await session.changed.wait(signal);
          yield take(account, session);
        }
      } finally {
        own.delete(session);
        if (own.size === 0) sessions.delete(account);
      }
    },
  };
}
