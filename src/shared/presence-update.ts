import { chat } from './generated/messages.js';
import { decoded, plainNumber } from './protobuf-values.js';
import { readEntries, type ReadList } from './read-entries.js';
import { maxSequence } from './read-messages.js';
import { readSettings } from './read-rooms.js';
import type { SettingsOfRoom } from './room-requests.js';
import { boundedText, maxNameBytes } from './text.js';
import { readFields, wireType } from './wire-reader.js';

const { PresenceUpdate: PresenceUpdateMessage, TypingNotice: TypingNoticeMessage } = chat.v1;

/** A user writes a message, or no longer does. */
export type TypingNotice = { readonly room: number; readonly stopped: boolean };

/** Who does. */
export type Typing = TypingNotice & { readonly name: string };

/** How often a notice is sent at most, and how long it is shown. */
export const typingTimesMs = { interval: 3000, expiry: 6000 } as const;

/** What a session of the same user has read. */
export type Mark = { readonly room: number; readonly readUpTo: number };

/** Who is online: everyone at first, then what has changed. */
export type PresenceUpdate = {
  /** Whether `online` is the whole list. */
  readonly first: boolean;
  readonly online: readonly string[];
  readonly offline: readonly string[];
  /** Why the server cannot store messages at the moment, such as `its disk is full`. */
  readonly storageProblem?: string | undefined;
  /** The user's own read marks and settings that have changed. */
  readonly marks?: readonly Mark[];
  readonly settings?: readonly SettingsOfRoom[];
  /** Others in the user's rooms. */
  readonly typing?: readonly Typing[];
};

const maxProblemBytes = 200;
/** Of each kind in one update. */
const maxChanges = 10_000;

const tags = {
  first: (1 << 3) | wireType.varint,
  online: (2 << 3) | wireType.bytes,
  offline: (3 << 3) | wireType.bytes,
  typing: (4 << 3) | wireType.bytes,
  marks: (5 << 3) | wireType.bytes,
  storageProblem: (6 << 3) | wireType.bytes,
  settings: (7 << 3) | wireType.bytes,
} as const;

/** The request of `Presence.typing`. */
export function encodeTypingNotice(notice: TypingNotice): Uint8Array {
  return TypingNoticeMessage.encode(notice).finish();
}

export function decodeTypingNotice(bytes: Uint8Array): TypingNotice {
  const { room, stopped } = decoded('request', () => TypingNoticeMessage.decode(bytes));
  return { room: plainNumber(room), stopped };
}

/** Without `marks` and `settings`: those have not changed. */
export function encodePresenceUpdate(update: PresenceUpdate): Uint8Array {
  const { first, online, offline, storageProblem = null, marks = [], settings = [], typing = [] } = update;
  return PresenceUpdateMessage.encode({
    first,
    online: [...online],
    offline: [...offline],
    storageProblem,
    marks: [...marks],
    settings: [...settings],
    typing: [...typing],
  }).finish();
}

/** The well-formed names and the storage problem of a `PresenceUpdate`; of each list only the last `maxNames`. */
export function* readPresenceUpdate(
  bytes: Uint8Array,
  maxNames: number,
): Generator<undefined, PresenceUpdate & Pick<ReadList<string>, 'unreadable' | 'isCutShort'>, void> {
  let first = false;
  let problem = bytes.subarray(0, 0);
  const names = { maxEntries: maxNames, read: readName };
  const online = yield* readEntries(bytes, {
    ...names,
    tag: tags.online,
    onOther(tag, value, end) {
      if (tag === tags.first) first = value !== 0;
      if (tag === tags.storageProblem) problem = bytes.subarray(end - value, end);
    },
  });
  const offline = yield* readEntries(bytes, { ...names, tag: tags.offline });
  const own = { maxEntries: maxChanges };
  const typing = yield* readEntries(bytes, { ...own, tag: tags.typing, read: readTyping });
  const marks = yield* readEntries(bytes, { ...own, tag: tags.marks, read: readMark });
  const settings = yield* readEntries(bytes, { ...own, tag: tags.settings, read: readSettings });
  const lists = [offline, typing, marks, settings];
  return {
    first,
    online: online.values,
    offline: offline.values,
    storageProblem: problem.length === 0 ? undefined : boundedText(problem, maxProblemBytes),
    ...(typing.values.length > 0 && { typing: typing.values }),
    ...(marks.values.length > 0 && { marks: marks.values }),
    ...(settings.values.length > 0 && { settings: settings.values }),
    // Each list reports where the message itself is cut short.
    unreadable: lists.reduce(
      (sum, { unreadable, isCutShort }) => sum + unreadable - (isCutShort ? 1 : 0),
      online.unreadable,
    ),
    isCutShort: online.isCutShort,
  };
}

function readName(entry: Uint8Array): string | undefined {
  return entry.length === 0 ? undefined : boundedText(entry, maxNameBytes);
}

function readMark(bytes: Uint8Array): Mark | undefined {
  const numbers = readFields(bytes)?.numbers;
  const [room = 0, readUpTo = 0] = [numbers?.get(1), numbers?.get(2)];
  return numbers && room <= maxSequence && readUpTo <= maxSequence ? { room, readUpTo } : undefined;
}

function readTyping(bytes: Uint8Array): Typing | undefined {
  const fields = readFields(bytes);
  const name = fields && readName(fields.texts.get(2) ?? new Uint8Array(0));
  const room = fields?.numbers.get(1) ?? 0;
  if (name === undefined || room > maxSequence) return undefined;
  return { room, name, stopped: (fields?.numbers.get(3) ?? 0) !== 0 };
}
