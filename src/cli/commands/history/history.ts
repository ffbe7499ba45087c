import { fetchServerInfo } from '../../../client/connection/server-info.js';
import { readFeed } from '../../../client/feed/feed.js';
import { type HistoryRange, searchBackward } from '../../../client/feed/history-range.js';
import type { Connection } from '../../../client/connection/port.js';
import { messageLine, type LineRoom } from '../../../client/lines/message-line.js';
import { systemClock, type Clock } from '../../../shared/clock.js';
import { ChatError } from '../../../shared/errors.js';
import { lobby, type Message } from '../../../shared/message.js';
import { serverSettings } from '../../config/server-settings.js';
import type { LoginFlags, TrustFlags } from '../../options/command-options.js';
import {
  explainSingleRoom,
  findTarget,
  lineRoom,
  nameOfRoom,
  roomTarget,
  type RoomFlags,
  type RoomTarget,
} from '../../rooms/find-room.js';
import { isMessage } from '../../../client/feed/room-history.js';
import { readRoom, roomsOfMessages } from './room-history.js';
import { parseInteger, parseTime } from '../../options/option-values.js';
import type { IO } from '../../io/io.js';
import { withConnection } from '../../connection/with-connection.js';
import { createMessageWriter, type MessageWriter } from '../../plain-output/message-writer.js';

/** The options of `chat history` as given. */
export type HistoryFlags = LoginFlags &
  TrustFlags &
  RoomFlags & {
    readonly all?: boolean;
    readonly events?: boolean;
    readonly search?: string;
    readonly since?: string;
    readonly until?: string;
    readonly limit?: string;
    readonly json?: boolean;
    readonly debug?: boolean;
  };

const maxInteger = Number.MAX_SAFE_INTEGER;

/** Prints the stored messages, oldest first. */
export async function history(
  givenAddress: string | undefined,
  givenFlags: HistoryFlags,
  io: IO,
): Promise<number> {
  const range = parseRange(givenFlags, systemClock.now());
  const { addresses, flags } = await serverSettings(givenAddress, givenFlags, io);
  if (flags.search === '') throw new ChatError('usage', '--search needs a text');
  const target = roomTarget(flags);
  if (flags.all && (target || flags.search === undefined))
    throw new ChatError('usage', '--all is for --search TEXT, and searches all rooms');
  if (flags.events && (!target || flags.search !== undefined))
    throw new ChatError('usage', '--events is for --room NAME, without --search');
  const writer = createMessageWriter(flags.json ? 'json' : 'plain', false, io);
  const onUnreadable = (reason: ChatError): void => writer.failure(reason);
  return withConnection({ addresses, flags, onUnreadable }, io, async ({ connection, user, signal }) => {
    const output: Output = { user, writer, events: flags.events ?? false, io };
    const query = { connection, range, text: flags.search ?? '', signal };
    if (target || flags.all) {
      const printing = printRooms(query, flags, target, output);
      await explainSingleRoom(printing, connection, signal);
      return;
    }
    await printLobby(query, flags, output);
  });
}

/** Prints the messages of one room, or the matches of a search in one or all. */
async function printRooms(
  { connection, range, text, signal }: Query,
  flags: HistoryFlags,
  target: RoomTarget | undefined,
  output: Output,
): Promise<void> {
  const { rooms } = connection;
  const { user } = output;
  const clock = systemClock;
  const room = target && (await findTarget(target, connection, user, signal));
  const within = room ? [room.number] : [];
  const search: Pick<Connection, 'search'> = {
    search: (wanted, before, limit, until) =>
      rooms.search({ text: wanted, rooms: within, before, limit }, until),
  };
  const entries =
    room && flags.search === undefined
      ? readRoom({ rooms, room: room.number, range, clock, signal })
      : find({ connection: search, range, text, signal });
  const place = room && lineRoom(room, user, false);
  await print(entries, output, place ? () => place : roomsOfMessages(rooms, user, clock, signal));
}

type Query = {
  readonly connection: Connection;
  readonly range: HistoryRange;
  readonly text: string;
  readonly signal: AbortSignal;
};

/** Prints the messages of the lobby, or the matches of a search there. Throws `unsupported` if there is no history. */
async function printLobby(query: Query, flags: HistoryFlags, output: Output): Promise<void> {
  const { connection, range, signal } = query;
  const { rooms } = connection;
  await checkOffered(connection, signal);
  const clock = systemClock;
  const place = await nameOfRoom(lobby, rooms, { user: output.user, clock, signal });
  const messages =
    flags.search !== undefined
      ? find(query)
      : place
        ? readRoom({ rooms, room: lobby, range, clock, signal })
        : read(query);
  await print(messages, output, place && (() => place));
}

async function checkOffered(connection: Connection, signal: AbortSignal): Promise<void> {
  await connection.history(0, 1, signal).catch(async (thrown: unknown) => {
    if (ChatError.from(thrown).code !== 'unsupported') throw thrown;
    // Fails if it is not a chat server.
    await fetchServerInfo(connection, signal);
    throw new ChatError('unsupported', 'this server has no history to page through', {
      hint: 'To print what it offers: chat connect --once',
      cause: thrown,
    });
  });
}

/** For a server without rooms: streams the range forwards, so that memory stays small however long the log is. */
async function* read({ connection, range, signal }: Query): AsyncGenerator<Message, void, void> {
  const { count = Infinity, isCounted } = range;
  let left = count;
  if (left === 0) return;
  const options = { connection, range, once: true, clock: systemClock, random: Math.random, signal };
  for await (const event of readFeed(options)) {
    if (event.type !== 'message' || !event.replay) continue;
    const { message } = event;
    if (message.timestamp < (range.since ?? 0) || !isCounted(message)) continue;
    yield message;
    if (--left === 0) return;
  }
}

/** The results of a search, which arrive newest first and are therefore collected. */
async function* find({
  connection,
  range,
  text,
  signal,
}: Omit<Query, 'connection'> & { readonly connection: Pick<Connection, 'search'> }): AsyncGenerator<
  Message,
  void,
  void
> {
  const found: Message[] = [];
  for await (const message of searchBackward({ connection, text, range, clock: systemClock, signal })) {
    found.push(message);
  }
  yield* found.reverse();
}

type Output = {
  readonly user: string;
  readonly writer: MessageWriter;
  /** Whether changes of rooms and members are printed. */
  readonly events: boolean;
  readonly io: IO;
};

/** `roomOf`: absent if the lines do not name their rooms. */
async function print(
  entries: AsyncIterable<Message>,
  { user, writer, events, io }: Output,
  roomOf?: (entry: Message) => LineRoom | Promise<LineRoom>,
): Promise<void> {
  const progress = showProgress(io, systemClock);
  try {
    for await (const entry of entries) {
      const room = await roomOf?.(entry);
      if (isMessage(entry)) {
        await writer.message(messageLine(entry, { user, replay: true, images: 0, room }));
        progress.step();
      } else if (events && room) await writer.event(entry, { user, replay: true, room });
    }
  } finally {
    progress.end();
  }
}

function parseRange({ since, until, limit }: HistoryFlags, now: number): HistoryRange {
  const from = parseBound('--since', since, now);
  const to = parseBound('--until', until, now);
  return {
    ...(from && 'sequence' in from && { after: from.sequence }),
    ...(from && 'time' in from && { since: from.time }),
    ...(limit !== undefined && { count: parseInteger('--limit', limit, 1, maxInteger) }),
    isCounted: ({ sequence, timestamp }) =>
      !to || ('sequence' in to ? sequence <= to.sequence : timestamp < to.time),
  };
}

/** Digits alone are a sequence, anything else a time. */
function parseBound(
  option: string,
  text: string | undefined,
  now: number,
): { readonly sequence: number } | { readonly time: number } | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return { sequence: parseInteger(option, text, 0, maxInteger) };
  return { time: parseTime(option, text, now) };
}

type Progress = { step(): void; end(): void };

const progressIntervalMs = 200;

/** Counts messages on stderr if it is a terminal and stdout is not; removes the count at the end. */
function showProgress({ stdout, stderr }: Pick<IO, 'stdout' | 'stderr'>, clock: Clock): Progress {
  if (!stderr.isTTY || stdout.isTTY) return { step: () => undefined, end: () => undefined };
  let count = 0;
  let shown = '';
  let next = clock.monotonicMs() + progressIntervalMs;
  return {
    step() {
      count++;
      if (clock.monotonicMs() < next) return;
      next = clock.monotonicMs() + progressIntervalMs;
      shown = `${count} messages`;
      stderr.write(`\r${shown}`);
    },
    end() {
      if (shown !== '') stderr.write(`\r${' '.repeat(shown.length)}\r`);
    },
  };
}
