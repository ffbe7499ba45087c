import type { Clock } from '../../shared/clock.js';
import { encodeUnsequenced } from '../../shared/codec.js';
import { plainPlacement, type Detail, type Draft, type Message } from '../../shared/message.js';
import { checkDraft, checkId, maxClockLeadMs, type ContentLimits } from '../../shared/message-rules.js';
import type { Appended, MessageLog } from './message-log.js';

/** Where a message goes, unless it is a plain one of the lobby. */
export type Target = {
  readonly detail: Detail;
  /** Throws why the message is not accepted there. Not called for a duplicate. */
  readonly check: (message: Message) => void;
};

/**
 * Resolves when durable, for a duplicate with the first sequence. Rejects with an error of the draft or the log. Calls
 * `onAccepted` when the message has passed all rules and has its place after those that were accepted before.
 */
export type PostMessage = (
  author: string,
  draft: Draft,
  target?: Target,
  onAccepted?: () => void,
) => Promise<Appended>;

type PostMessageOptions = {
  readonly log: Pick<MessageLog, 'append'>;
  readonly limits: ContentLimits;
  readonly clock: Clock;
  readonly onAppended: (milliseconds: number, kind: number) => void;
};

/** The rules for posting, independent of the transport. */
export function createPostMessage({ log, limits, clock, onAppended }: PostMessageOptions): PostMessage {
  return async (author, draft, target, onAccepted) => {
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
  };
}

function trustedTime(timestamp: number, now: number, maxLeadMs: number): number {
  return timestamp === 0 || timestamp > now + maxLeadMs ? now : timestamp;
}
