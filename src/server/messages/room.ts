import type { Clock } from '../../shared/clock.js';
import { encodeUnsequenced } from '../../shared/codec.js';
import { plainPlacement, type Draft } from '../../shared/message.js';
import { checkDraft, checkId, maxClockLeadMs, type ContentLimits } from '../../shared/message-rules.js';
import { createDigests } from './digests.js';
import { lobbyMessages, type Appended, type MessageLog } from './message-log.js';
import { resolveStart, type ResumeRequest, type Start } from './resume.js';

export const maxHistoryBytes = 8 * 1024 * 1024;

/** The rules for posting and reading, independent of the transport. */
export type Room = {
  /** Resolves when durable, for a duplicate with the first sequence. Rejects with an error of the draft or the log. */
  post(author: string, draft: Draft): Promise<Appended>;
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
  readonly onAppended: (milliseconds: number) => void;
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

  return {
    async post(author, draft) {
      checkId(draft.id);
      const message = (): Uint8Array => {
        checkDraft(draft, limits);
        return encodeUnsequenced({
          ...draft,
          timestamp: trustedTime(draft.timestamp, clock.now()),
          from: author,
        });
      };
      const startMs = performance.now();
      const appended = await log.append({ message, author, id: draft.id, ...plainPlacement });
      if (!appended.duplicate) onAppended(performance.now() - startMs);
      return appended;
    },
    async start(request) {
      const range = { logId: log.logId, head: log.head(), oldest: log.oldest() };
      const start = await proven(resolveStart(request, range));
      return start.kind === 'resumed' ? start : { ...start, after: await historyStart() };
    },
    async newest() {
      // If the lobby is empty, only the end of the log is known.
      const [newest] = await log.readBefore(0, 1, 1, lobbyMessages).catch(() => []);
      const head = newest?.sequence ?? log.head();
      // Without a digest the reader can still resume, only unverified: no reason to reject it now.
      return { head, digest: await digests.at(head).catch(() => undefined) };
    },
  };
}

function trustedTime(timestamp: number, now: number): number {
  return timestamp === 0 || timestamp > now + maxClockLeadMs ? now : timestamp;
}
