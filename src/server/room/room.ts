import type { Clock } from '../../shared/clock.js';
import { encodeUnsequenced } from '../../shared/codec.js';
import { lobby, plainPlacement, type Draft } from '../../shared/message.js';
import { checkDraft, checkId, maxClockLeadMs, type ContentLimits } from '../../shared/message-rules.js';
import { createDigests } from './digests.js';
import type { Appended, MessageLog } from './message-log.js';
import { resolveStart, type ResumeRequest, type Start } from './resume.js';

/** What a new subscriber's history may have at most, in encoded bytes. */
export const maxHistoryBytes = 8 * 1024 * 1024;

/** The room: who may post what, and where a reader starts. It knows nothing of how it is reached. */
export type Room = {
  /**
   * Appends a message and resolves when it is durable. One that was posted before, by its author and id,
   * answers with the first one's sequence. Rejects with `message-refused`, `message-too-large` or `store-unavailable`.
   */
  post(author: string, draft: Draft): Promise<Appended>;
  /** Where a subscriber starts. `after` is the cursor to read from. Rejects with `usage` if it asked wrongly. */
  start(request: ResumeRequest): Promise<Start & { readonly after: number }>;
  /** The newest sequence, 0 if there is none, and the digest of the message there; undefined where it cannot be read. */
  newest(): Promise<{ readonly head: number; readonly digest: string | undefined }>;
};

/** What a room is made of. */
export type RoomOptions = {
  readonly log: MessageLog;
  readonly limits: ContentLimits;
  /** How many of the newest messages are the history, at most. */
  readonly history: number;
  readonly clock: Clock;
  /** Told how many milliseconds each append took. */
  readonly onAppended: (milliseconds: number) => void;
};

/** Opens a room over a log. */
export function createRoom({ log, limits, history, clock, onAppended }: RoomOptions): Room {
  let known: { head: number; start: Promise<number> } | undefined;
  const digests = createDigests(log);

  const findHistoryStart = async (head: number): Promise<number> => {
    const newest = await log.readBefore(0, history, maxHistoryBytes, lobby);
    const oldest = newest.at(-1);
    // What came during the read is no history, but it follows the head from before.
    return oldest ? oldest.sequence - 1 : head;
  };

  /** The cursor before the history. Found once for each head: a crowd that reconnects shares it. */
  const historyStart = (): Promise<number> => {
    const head = log.head();
    if (history === 0) return Promise.resolve(head);
    if (known?.head !== head) {
      const start = findHistoryStart(head);
      known = { head, start };
      start.catch(() => {
        if (known?.start === start) known = undefined;
      });
    }
    return known.start;
  };

  /** A cursor whose message is another one now, or cannot be compared, says nothing about this log. */
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
      const asked = performance.now();
      const appended = await log.append({ message, author, id: draft.id, ...plainPlacement });
      if (!appended.duplicate) onAppended(performance.now() - asked);
      return appended;
    },
    async start(request) {
      const range = { logId: log.logId, head: log.head(), oldest: log.oldest() };
      const start = await proven(resolveStart(request, range));
      return start.kind === 'resumed' ? start : { ...start, after: await historyStart() };
    },
    async newest() {
      // Without a message in the lobby, the head says only where the log ends.
      const [newest] = await log.readBefore(0, 1, 1, lobby).catch(() => []);
      const head = newest?.sequence ?? log.head();
      // A reader that has received nothing yet resumes unproven without it: no reason to refuse it now.
      return { head, digest: await digests.at(head).catch(() => undefined) };
    },
  };
}

/** The sender's time, unless it gave none or lies too far ahead: then the server's. */
function trustedTime(timestamp: number, now: number): number {
  return timestamp === 0 || timestamp > now + maxClockLeadMs ? now : timestamp;
}
