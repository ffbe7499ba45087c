import { ulid } from 'ulid';
import { createMutex } from '../../shared/async/mutex.js';
import { withTimeout } from '../../shared/async/with-timeout.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { past, roomType } from '../../shared/message.js';
import type { TypingNotice } from '../../shared/presence-update.js';
import type { Page, RoomView } from '../../shared/room-answers.js';
import { allPages, findNamedRoom } from '../connection/find-room.js';
import type { RoomCalls } from '../connection/port.js';
import { retryWhenRateLimited } from '../connection/retry-when-rate-limited.js';
import type { Session } from '../session/session.js';
import type { SessionHolder } from './session-holder.js';
import type { AppEffect, AppEvent, ListEnd, RoomCall } from './state/app-event.js';

/** Runs the calls about rooms that the user asked for, and dispatches their outcome. Never throws. */
export type RoomRunner = {
  /** One after the other, in their order. */
  call(effect: Extract<AppEffect, { type: 'room-call' }>): void;
  /** Stops the list that is being loaded, and begins another one. */
  listRooms(max: number): void;
  listMembers(room: number, max: number): void;
  /** A notice that fails is not repeated: it would come too late. */
  notifyTyping(notice: TypingNotice): void;
  stop(): void;
};

/** Longer than a connection waits for one answer. */
const maxCallMs = 30_000;

/** For the session of the moment of each call. */
export function createRoomRunner({
  sessions,
  clock,
  dispatch,
}: {
  readonly sessions: Pick<SessionHolder, 'session'>;
  readonly clock: Clock;
  readonly dispatch: (event: AppEvent) => void;
}): RoomRunner {
  const inTurn = createMutex();
  const running = new AbortController();
  let listing = new AbortController();

  async function bounded<Value>(
    task: (signal: AbortSignal) => Promise<Value>,
    signal: AbortSignal,
  ): Promise<Value> {
    try {
      return await withTimeout(
        maxCallMs,
        signal,
        (limited) => retryWhenRateLimited(() => task(limited), clock, limited),
        clock,
      );
    } catch (thrown) {
      const reason = ChatError.from(thrown);
      if (reason.code !== 'cancelled' || signal.aborted) throw reason;
      throw new ChatError('timed-out', 'the server did not answer in time', { cause: reason });
    }
  }

  async function call({ call, from, command }: Extract<AppEffect, { type: 'room-call' }>): Promise<void> {
    const { session } = sessions;
    const id = ulid(clock.now());
    try {
      const room = await bounded((signal) => perform(call, ofSession(session), id, signal), running.signal);
      // Another user may have logged in.
      if (running.signal.aborted || session !== sessions.session) return;
      if (room) session?.dispatch({ type: 'room-known', room });
      else if (call.what === 'leave') session?.dispatch({ type: 'room-gone', room: call.room.number });
      dispatch({ type: 'room-called', call, from, room });
    } catch (thrown) {
      if (running.signal.aborted) return;
      dispatch({
        type: 'room-call-failed',
        call,
        reason: ChatError.from(thrown),
        ...(command && { command }),
      });
    }
  }

  async function list<Item>(
    max: number,
    read: (rooms: RoomCalls, after: string, signal: AbortSignal) => Promise<Page<Item>>,
    report: (items: readonly Item[], end: ListEnd | undefined) => void,
  ): Promise<void> {
    listing.abort();
    listing = new AbortController();
    const { signal } = listing;
    const reportUnlessStopped: typeof report = (items, end) => {
      if (!signal.aborted) report(items, end);
    };
    let all: readonly Item[] = [];
    try {
      const rooms = ofSession(sessions.session);
      for await (const items of allPages((after) =>
        bounded((limited) => read(rooms, after, limited), signal),
      )) {
        all = [...all, ...items].slice(0, max);
        if (all.length >= max || signal.aborted) {
          reportUnlessStopped(all, 'full');
          return;
        }
        reportUnlessStopped(all, undefined);
      }
      reportUnlessStopped(all, 'complete');
    } catch (thrown) {
      reportUnlessStopped(all, ChatError.from(thrown));
    }
  }

  return {
    call: (effect) => void inTurn(() => call(effect)),
    listRooms: (max) =>
      void list(
        max,
        (rooms, after, signal) => rooms.browse('', after, signal),
        (rooms, end) => dispatch({ type: 'rooms-listed', rooms, end }),
      ),
    listMembers: (room, max) =>
      void list(
        max,
        (rooms, after, signal) => rooms.members(room, after, signal),
        (members, end) => dispatch({ type: 'members-listed', room, members, end }),
      ),
    notifyTyping: (notice) =>
      void sessions.session?.rooms.typing(notice, running.signal).catch(() => undefined),
    stop() {
      running.abort();
      listing.abort();
    },
  };
}

function ofSession(session: Session | undefined): RoomCalls {
  if (session) return session.rooms;
  throw new ChatError('unreachable', 'not connected');
}

/** `id`: the idempotency key, the same for each retry. */
async function perform(
  call: RoomCall,
  rooms: RoomCalls,
  id: string,
  signal: AbortSignal,
): Promise<RoomView | undefined> {
  switch (call.what) {
    case 'join': {
      const { room } = call;
      const { number } =
        typeof room === 'string'
          ? await findNamedRoom(rooms, room, '/rooms lists the rooms that you can join.', signal)
          : room;
      return rooms.join(number, signal);
    }
    case 'create':
      return rooms.create(
        {
          name: call.name,
          topic: '',
          type: call.isClosed ? roomType.closed : roomType.open,
          past: past.fromJoining,
          members: [],
          id,
        },
        signal,
      );
    case 'direct':
      return rooms.direct(call.names, signal);
    case 'update':
      return rooms.update({ ...call.change, room: call.room.number }, signal);
    case 'leave':
      await rooms.leave(call.room.number, signal);
      return undefined;
    case 'invite':
    case 'remove':
      await rooms[call.what]({ room: call.room.number, name: call.name }, signal);
      return undefined;
  }
}
