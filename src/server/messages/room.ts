import type { Clock } from '../../shared/clock.js';
import { encodeUnsequenced } from '../../shared/codec.js';
import { plainPlacement, type Detail, type Draft, type Message } from '../../shared/message.js';
import { checkDraft, checkId, maxClockLeadMs, type ContentLimits } from '../../shared/message-rules.js';
import { createDigests } from './digests.js';
import { lobbyMessages, type Appended, type MessageLog } from './message-log.js';
import { resolveStart, type ResumeRequest, type Start } from './resume.js';

export const maxHistoryBytes = 8 * 1024 * 1024;

/** Where a message goes, unless it is a plain one of the lobby. */
export type Target = {
  readonly detail: Detail;
  /** Throws why the message is not accepted there. Not called for a duplicate. */
  readonly check: (message: Message) => void;
};

/** The rules for posting and reading, independent of the transport. */
export type Room = {
  /**
   * Resolves when durable, for a duplicate with the first sequence. Rejects with an error of the draft or the log. Calls
   * `onAccepted` when the message has passed all rules and has its place after those that were accepted before.
   */
  post(author: string, draft: Draft, target?: Target, onAccepted?: () => void): Promise<Appended>;
  /** Whether a request resumes, and where. Rejects with `usage` for an invalid request. */
  resume(request: ResumeRequest): Promise<Start>;
  /** Of a message of the lobby; undefined if it cannot be read. */
  digest(sequence: number): Promise<string | undefined>;
  /** `after` is the cursor to read from. Rejects with `usage` for an invalid request. */
  start(request: ResumeRequest): Promise<Start & { readonly after: number }>;
  /** `head` is 0 if there is no message; `digest` is undefined if the message cannot be read. */
  newest(): Promise<{ readonly head: number; readonly digest: string | undefined }>;
};

type RoomOptions = {
  readonly log: MessageLog;
  readonly limits: ContentLimits;
  readonly maxHistoryMessages: number;
  readonly clock: Clock;
  readonly onAppended: (milliseconds: number, kind: number) => void;
};

/** Creates the room over a log. */
export function createRoom({ log, limits, maxHistoryMessages, clock, onAppended }: RoomOptions): Room {
  let known: { head: number; start: Promise<number> } | undefined;
  const digests = createDigests(log);

  const findHistoryStart = async (head: number): Promise<number> => {
    const newest = await log.readBefore(0, maxHistoryMessages, maxHistoryBytes, lobbyMessages);
    const oldest = newest.at(-1);
    // Messages appended during the read are not history, but they follow the previous head.
    return oldest ? oldest.sequence - 1 : head;
  };

  /** The cursor before the history. Computed once per head, also for many clients that reconnect at once. */
  const historyStart = (): Promise<number> => {
    const head = log.head();
    if (maxHistoryMessages === 0) return Promise.resolve(head);
    if (known?.head !== head) {
      const start = findHistoryStart(head);
      known = { head, start };
      start.catch(() => {
        if (known?.start === start) known = undefined;
      });
    }
    return known.start;
  };

  /** A cursor whose message has changed, or cannot be compared, is not valid in this log. */
  const proven = async (start: Start): Promise<Start> => {
    if (start.kind !== 'resumed' || start.digest === undefined) return start;
    const { kind, after, digest } = start;
    return (await digests.at(after)) === digest ? { kind, after } : { kind: 'reset' };
  };

  const resume = (request: ResumeRequest): Promise<Start> =>
    proven(resolveStart(request, { logId: log.logId, head: log.head(), oldest: log.oldest() }));

  // Without a digest the reader can still resume, only unverified: no reason to reject it now.
  const digest = (sequence: number): Promise<string | undefined> =>
    digests.at(sequence).catch(() => undefined);

  return {
    async post(author, draft, target, onAccepted) {
      checkId(draft.id);
      const message = (): Uint8Array => {
        if (target) return messageTo(target);
        checkDraft(draft, limits);
        const timestamp = trustedTime(draft.timestamp, clock.now(), maxClockLeadMs);
        return encodeUnsequenced({ ...draft, timestamp, from: author });
      };
      const messageTo = ({ detail, check }: Target): Uint8Array => {
        // A lead would shorten the time for which the author is muted.
        const timestamp = trustedTime(draft.timestamp, clock.now(), 0);
        const complete = { ...draft, timestamp, from: author, sequence: 0, detail };
        check(complete);
        checkDraft(draft, limits);
        return encodeUnsequenced(complete);
      };
      const { room, kind } = target?.detail ?? plainPlacement;
      const startMs = performance.now();
      const accepted = (): Uint8Array => {
        const encoded = message();
        onAccepted?.();
        return encoded;
      };
      const appended = await log.append({ message: accepted, author, id: draft.id, room, kind });
      if (!appended.duplicate) onAppended(performance.now() - startMs, kind);
      return appended;
    },
    resume,
    digest,
    async start(request) {
      const start = await resume(request);
      return start.kind === 'resumed' ? start : { ...start, after: await historyStart() };
    },
    async newest() {
      // If the lobby is empty, only the end of the log is known.
      const [newest] = await log.readBefore(0, 1, 1, lobbyMessages).catch(() => []);
      const head = newest?.sequence ?? log.head();
      return { head, digest: await digest(head) };
    },
  };
}

function trustedTime(timestamp: number, now: number, maxLeadMs: number): number {
  return timestamp === 0 || timestamp > now + maxLeadMs ? now : timestamp;
}
