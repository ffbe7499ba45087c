import { chat } from './generated/messages.js';
import { decoded, plainNumber } from './protobuf-values.js';
import { readEntries, type ReadList } from './read-entries.js';
import type { SettingsOfRoom } from './room-requests.js';
import { boundedText, maxNameBytes } from './text.js';
import { wireType } from './wire-reader.js';

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

const tags = {
  first: (1 << 3) | wireType.varint,
  online: (2 << 3) | wireType.bytes,
  offline: (3 << 3) | wireType.bytes,
  storageProblem: (6 << 3) | wireType.bytes,
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
  return {
    first,
    online: online.values,
    offline: offline.values,
    storageProblem: problem.length === 0 ? undefined : boundedText(problem, maxProblemBytes),
    unreadable: online.unreadable + offline.unreadable - (online.isCutShort ? 1 : 0),
    isCutShort: online.isCutShort,
  };
}

function readName(entry: Uint8Array): string | undefined {
  return entry.length === 0 ? undefined : boundedText(entry, maxNameBytes);
}
