import type { Message } from '../../../shared/message.js';

/** A larger step is not a gap but a corrupt sequence, which would hide all messages after it. */
const maxSequenceStep = 2 ** 32;

/** Filters the messages of one subscription. */
export type SequenceCheck = {
  readonly last: number | undefined;
  /** Leaves out messages whose sequence is far beyond all before it. */
  believable(messages: readonly Message[]): Message[];
  /** Whether a cursor is later than all messages and not far beyond them. Counts as read then. */
  isBelievable(upTo: number): boolean;
};

/** `after`: where the subscription resumes; `head`: as the server reported it. */
export function checkSequences(after: number | undefined, head: number | undefined): SequenceCheck {
  let last = after;
  const isTooFar = (sequence: number): boolean => sequence > Math.max(last ?? 0, head ?? 0) + maxSequenceStep;
  return {
    get last() {
      return last;
    },
    believable(messages) {
      return messages.filter(({ sequence }) => {
        if (sequence === 0) return true;
        if (isTooFar(sequence)) return false;
        last = Math.max(last ?? 0, sequence);
        return true;
      });
    },
    isBelievable(upTo) {
      if (upTo <= (last ?? 0) || isTooFar(upTo)) return false;
      last = upTo;
      return true;
    },
  };
}

/** Leaves out repeated and misordered messages of an answer that is ordered newest first. */
export function descending(messages: readonly Message[], before: number): Message[] {
  let position = before === 0 ? Infinity : before;
  return messages.filter(({ sequence }) => {
    if (sequence <= 0 || sequence >= position) return false;
    position = sequence;
    return true;
  });
}
