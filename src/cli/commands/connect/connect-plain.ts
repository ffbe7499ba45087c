import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addressesText, type AddressList } from '../../../client/connection/address.js';
import type { Connection } from '../../../client/connection/port.js';
import { isMentioned } from '../../../client/connection/mentioned-names.js';
import { readFeed, type FeedEvent, type FeedPlace } from '../../../client/feed/feed.js';
import type { RoomScope } from '../../../client/feed/followed-rooms.js';
import type { HistoryRange } from '../../../client/feed/history-range.js';
import { isMessage } from '../../../client/feed/room-history.js';
import { writeNewFile } from '../../../client/images/save-image.js';
import {
  messageLine,
  type ImageLine,
  type LineRoom,
  type MessageLine,
} from '../../../client/lines/message-line.js';
import { systemClock } from '../../../shared/clock.js';
import { errorCode } from '../../../shared/error-code.js';
import { ChatError } from '../../../shared/errors.js';
import { fileFailure } from '../../../shared/file-failure.js';
import { roomType } from '../../../shared/message.js';
import { isSameName } from '../../../shared/fold-text.js';
import { withConnection } from '../../connection/with-connection.js';
import type { IO } from '../../io/io.js';
import type { LoginFlags, TrustFlags } from '../../options/command-options.js';
import { explainSingleRoom, findTarget, lineRoom, type RoomTarget } from '../../rooms/find-room.js';
import { sendingTo } from '../../rooms/sending-to.js';
import { createMessageWriter, type MessageWriter } from '../../plain-output/message-writer.js';
import { checkProgram, messageVariables, runProgramFor } from './exec.js';
import { parsePlainOptions, type PlainFlags, type PlainSettings } from './plain-options.js';
import { sendStdin } from './send-stdin.js';

/** Runs `chat connect` without a screen, until a signal or until everything requested is printed. */
export async function connectPlain(
  addresses: AddressList,
  flags: PlainFlags & LoginFlags & TrustFlags,
  io: IO,
): Promise<number> {
  const settings = parsePlainOptions(flags, systemClock.now());
  if (settings.exec) await checkProgram(settings.exec, io);
  const directory =
    settings.saveImages === undefined ? undefined : await imageDirectory(settings.saveImages, io.cwd);
  const writer = createMessageWriter(settings.format, flags.verbose ?? false, io);
  const addressText = addressesText(addresses);
  const onUnreadable = (reason: ChatError): void => writer.failure(reason);
  return withConnection({ addresses, flags, onUnreadable }, io, ({ connection, user, signal }) =>
    followRooms({ connection, addressText, user, settings, directory, writer, io }, signal),
  );
}

type Following = {
  readonly connection: Connection;
  /** The addresses as given. */
  readonly addressText: string;
  readonly user: string;
  readonly settings: PlainSettings;
  readonly directory: string | undefined;
  readonly writer: MessageWriter;
  readonly io: IO;
};

/** Prints messages and sends the lines of stdin, until nothing is left to print. */
async function followRooms(following: Following, signal: AbortSignal): Promise<void> {
  const { connection, addressText, user, settings, writer, io } = following;
  const { once, readsStdin, untilEof, maxMessages } = settings;
  const ending = new AbortController();
  const ended = AbortSignal.any([signal, ending.signal]);
  let stdinFailure: ChatError | undefined;
  let isSending = false;
  const startSending = (): void => {
    if (isSending || !readsStdin || !(untilEof || hasLines(io))) return;
    isSending = true;
    const [target, ...others] = settings.targets;
    const to = sendingTo(others.length === 0 ? target : undefined, undefined, connection);
    const options = { stdin: io.stdin, connection: to, clock: systemClock, signal: ended };
    const reports = {
      onFailure: (thrown: unknown) => writer.failure(thrown),
      onWaiting: (reason: string) => writer.status('waiting', `not sent yet: ${reason}; trying again`),
    };
    sendStdin({ ...options, ...reports }).then(
      () => untilEof && ending.abort(),
      (thrown: unknown) => {
        stdinFailure = ChatError.from(thrown);
        ending.abort();
      },
    );
  };
  const placeOf = roomPlaces(user);
  let images = 0;
  let shown = 0;
  try {
    const range = historyRange(settings, user);
    const rooms = await roomScope(following, signal);
    const isPresent = !once && io.stdin.isTTY === true && io.stdout.isTTY === true;
    const times = { clock: systemClock, random: Math.random, signal: ended };
    for await (const event of readFeed({ connection, rooms, range, once, isPresent, ...times })) {
      if (event.type !== 'message') {
        reportStatus(event, writer, { addressText, user });
        // Not earlier: own messages would count as history.
        if (event.type === 'connected') startSending();
        continue;
      }
      const { message, replay, place } = event;
      const room = place && placeOf(place);
      const isDirect = place?.room.type === roomType.direct;
      if (settings.mentions && !(isMessage(message) && (isDirect || isMentioned(user, message)))) continue;
      if (room && !isMessage(message)) {
        if (settings.isWanted({ self: isSameName(message.from, user) }))
          await writer.event(message, { user, replay, room });
        continue;
      }
      const line = messageLine(message, { user, replay, images, room });
      if (line.type === 'image') images++;
      if (!settings.isWanted(line)) continue;
      await show(line, following, ended);
      if (++shown >= maxMessages) break;
    }
  } finally {
    ending.abort();
  }
  if (stdinFailure !== undefined && !signal.aborted) throw stdinFailure;
}

/** Finds the rooms that the options name. */
async function roomScope({ connection, user, settings }: Following, signal: AbortSignal): Promise<RoomScope> {
  const { targets, readsStdin } = settings;
  const find = async (target: RoomTarget): Promise<number> => {
    // Its lines may be the first messages of the direct room.
    const isStarted = target.type === 'direct' && targets.length === 1 && readsStdin;
    const room = await (isStarted
      ? connection.rooms.direct(target.names, signal)
      : findTarget(target, connection, user, signal));
    if (room.joined) return room.number;
    throw new ChatError('not-permitted', `you are not a member of #${room.name}`, {
      hint: `To become one: chat rooms join ${room.name}`,
    });
  };
  const numbers: number[] = [];
  for (const target of targets) numbers.push(await explainSingleRoom(find(target), connection, signal));
  return { user, only: numbers.length === 0 ? undefined : new Set(numbers) };
}

/** Names the rooms of lines. Plain lines have a label from the first one on at which there is more than one room. */
function roomPlaces(user: string): (place: FeedPlace) => LineRoom {
  let isLabelled = false;
  return ({ room, roomCount }) => {
    isLabelled ||= roomCount > 1;
    return lineRoom(room, user, isLabelled);
  };
}

/** Whether stdin can have lines: a pipe or a terminal, but not the terminal of `chat connect --plain | tee log`. */
function hasLines({ stdin, stdout }: IO): boolean {
  return !stdin.isTTY || stdout.isTTY === true;
}

async function show(line: MessageLine, following: Following, signal: AbortSignal): Promise<void> {
  const { settings, directory, writer, io } = following;
  const saved =
    line.type === 'image' && directory !== undefined
      ? { ...line, file: await saveImage(line, directory) }
      : line;
  await writer.message(saved);
  // Nothing is left to run a program for.
  if (!settings.exec || line.deleted) return;
  try {
    await runProgramFor(settings.exec, messageVariables(saved), io, signal);
  } catch (thrown) {
    if (signal.aborted) return;
    if (ChatError.from(thrown).code === 'usage') throw thrown;
    writer.failure(thrown);
  }
}

function historyRange(
  { after, since, tail, isWanted }: PlainSettings,
  user: string,
): HistoryRange | undefined {
  if (after === undefined && since === undefined && tail === undefined) return undefined;
  return {
    ...(after !== undefined && { after }),
    ...(since !== undefined && { since }),
    ...(tail !== undefined && { count: tail }),
    isCounted: ({ from }) => isWanted({ self: isSameName(from, user) }),
  };
}

function reportStatus(
  event: Exclude<FeedEvent, { type: 'message' }>,
  writer: MessageWriter,
  { addressText, user }: Pick<Following, 'addressText' | 'user'>,
): void {
  switch (event.type) {
    case 'connected':
      writer.status('connected', `connected to ${event.opened.server?.address ?? addressText} as ${user}`);
      break;
    case 'lost': {
      const seconds = Math.ceil(event.retryInMs / 1000);
      writer.status('lost', `${event.reason.message}; trying again in ${seconds} s`);
      break;
    }
    case 'gap':
      writer.status('gap', 'the server no longer has the messages that follow: messages may be missing here');
  }
}

/** How many different files of one number are kept. */
const maxVariants = 100;

/** Creates the directory for images and returns its absolute path. Throws `usage` if it cannot be used. */
async function imageDirectory(path: string, cwd: string): Promise<string> {
  const directory = resolve(cwd, path);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return directory;
  } catch (cause) {
    throw new ChatError('usage', `--save-images: cannot use ${path}: ${fileFailure(cause)}`, { cause });
  }
}

/** Saves an image as `chat-N.png` for its owner only; never overwrites a file or saves an image twice. */
async function saveImage({ number, size, content }: ImageLine, directory: string): Promise<string> {
  const suffix = size ? 'png' : 'bin';
  for (let variant = 1; variant <= maxVariants; variant++) {
    const name = variant === 1 ? `chat-${number}` : `chat-${number}-${variant}`;
    const path = resolve(directory, `${name}.${suffix}`);
    try {
      await writeNewFile(path, content);
      return path;
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') {
        throw new ChatError('internal', `cannot save ${path}: ${fileFailure(cause)}`, { cause });
      }
      if (await hasContent(path, content)) return path;
    }
  }
  throw new ChatError('internal', `${directory} has ${maxVariants} other files named chat-${number}`);
}

async function hasContent(path: string, content: Uint8Array): Promise<boolean> {
  return readFile(path).then(
    (bytes) => Buffer.compare(bytes, content) === 0,
    () => false,
  );
}
