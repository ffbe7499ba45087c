import { lobby } from '../../shared/message.js';
import { isLobbyMessage } from '../messages/message-log.js';
import type { FoldedLog } from '../rooms/folded-log.js';

/** `account` is absent if the reader knows no rooms. */
type Indexed = { readonly account: string | undefined };

/** Which readers an entry concerns: those of its room. Follows the memberships in the order of the log. */
export type ReaderIndex<Reader extends Indexed> = {
  add(reader: Reader): void;
  remove(reader: Reader): void;
  /** The readers of what was folded since the last call. May repeat one, and omits those removed meanwhile. */
  touched(): Iterable<Reader>;
  /** How many of the entries folded since `touched` each of their readers gets, on average, if all rooms have other readers. */
  entriesPerReader(): number;
  withRooms(): ReadonlySet<Reader>;
};

/** The work for an entry grows with the readers of its room, not with all readers. */
export function createReaderIndex<Reader extends Indexed>(log: FoldedLog): ReaderIndex<Reader> {
  const base = new Set<Reader>();
  const withRooms = new Set<Reader>();
  const byAccount = new Map<string, Set<Reader>>();
  const byRoom = new Map<number, Set<ReadonlySet<Reader>>>();
  let hasLobbyMessage = false;
  /** With the number of their entries. */
  let touchedRooms = new Map<number, number>();
  let noLongerMembers = new Set<ReadonlySet<Reader>>();

  const enter = (room: number, readers: ReadonlySet<Reader>): void => {
    const others = byRoom.get(room);
    if (others) others.add(readers);
    else byRoom.set(room, new Set([readers]));
  };
  const exit = (room: number, readers: ReadonlySet<Reader>): void => {
    const others = byRoom.get(room);
    others?.delete(readers);
    if (others?.size === 0) byRoom.delete(room);
  };

  log.rooms.onMembership((account, room, isMember) => {
    const readers = byAccount.get(account);
    if (!readers) return;
    if (isMember) {
      enter(room, readers);
      return;
    }
    exit(room, readers);
    noLongerMembers.add(readers);
  });
  log.onFolded((entry) => {
    touchedRooms.set(entry.room, (touchedRooms.get(entry.room) ?? 0) + 1);
    hasLobbyMessage ||= isLobbyMessage(entry);
  });

  function* readersOf(
    rooms: ReadonlyMap<number, unknown>,
    formerMembers: Iterable<ReadonlySet<Reader>>,
  ): Generator<Reader, void, undefined> {
    if (rooms.has(lobby)) {
      yield* withRooms;
      return;
    }
    for (const room of rooms.keys()) for (const readers of byRoom.get(room) ?? []) yield* readers;
    for (const readers of formerMembers) yield* readers;
  }

  function* both(ofLobby: Iterable<Reader>, ofRooms: Iterable<Reader>): Generator<Reader, void, undefined> {
    yield* ofLobby;
    yield* ofRooms;
  }

  return {
    add(reader) {
      const { account } = reader;
      if (account === undefined) {
        base.add(reader);
        return;
      }
      withRooms.add(reader);
      const others = byAccount.get(account);
      if (others) {
        others.add(reader);
        return;
      }
      const readers = new Set([reader]);
      byAccount.set(account, readers);
      for (const room of log.rooms.of(account)) enter(room, readers);
    },
    remove(reader) {
      const { account } = reader;
      base.delete(reader);
      withRooms.delete(reader);
      const readers = account === undefined ? undefined : byAccount.get(account);
      if (account === undefined || !readers?.delete(reader) || readers.size > 0) return;
      byAccount.delete(account);
      for (const room of log.rooms.of(account)) exit(room, readers);
    },
    touched() {
      const ofRooms = readersOf(touchedRooms, noLongerMembers);
      const ofLobby = hasLobbyMessage ? base : [];
      touchedRooms = new Map();
      noLongerMembers = new Set();
      hasLobbyMessage = false;
      return both(ofLobby, ofRooms);
    },
    entriesPerReader() {
      let [deliveries, readers] = [0, 0];
      for (const [room, entries] of touchedRooms) {
        const size = room === lobby ? base.size + withRooms.size : (byRoom.get(room)?.size ?? 0);
        deliveries += entries * size;
        readers += size;
      }
      return readers === 0 ? 0 : deliveries / readers;
    },
    withRooms: () => withRooms,
  };
}
