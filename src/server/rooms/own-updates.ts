import { createSignal, type Signal } from '../../shared/async/signal.js';
import { encodePresenceUpdate } from '../../shared/presence-update.js';
import type { ReadMarks } from './read-marks.js';
import { settingsOf, type RoomMark } from './room-marks.js';
import { newestVisible } from './room-views.js';
import type { Rooms } from './rooms.js';

/** What only one account is notified of. */
export type OwnUpdates = {
  /** Yields encoded updates with what has changed, until it throws the signal's reason. */
  follow(account: string, signal: AbortSignal): AsyncGenerator<Uint8Array, never, undefined>;
};

type Session = { marks: Map<number, RoomMark>; readonly changed: Signal };

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

  const take = (account: string, session: Session): Uint8Array => {
    const changed = [...session.marks];
    session.marks = new Map();
    return encodePresenceUpdate({
      ...{ first: false, online: [], offline: [], storageProblem: storageProblem() },
      marks: changed.map(([room, { readUpTo }]) => ({ room, readUpTo })),
      settings: changed.flatMap(([number, { settings }]) => {
        const room = rooms.get(number);
        if (settings.changedAt === 0 || !room) return [];
        return [{ room: number, ...settingsOf(settings, newestVisible(rooms, account, room)) }];
      }),
    });
  };

  return {
    async *follow(account, signal) {
      const session: Session = { marks: new Map(), changed: createSignal() };
      const own = sessions.get(account) ?? new Set();
      sessions.set(account, own.add(session));
      try {
        for (;;) {
          if (session.marks.size === 0) await session.changed.wait(signal);
          yield take(account, session);
        }
      } finally {
        own.delete(session);
        if (own.size === 0) sessions.delete(account);
      }
    },
  };
}
