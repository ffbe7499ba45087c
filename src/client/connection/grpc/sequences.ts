import type { Message } from '../../../shared/message.js';

/** A larger step between two messages is no gap but a broken number, which would hide all that follow it. */
const maxSequenceStep = 2 ** 32;

/** Which messages of a subscription have a sequence that can be believed. */
export type SequenceCheck = {
  /** The sequence up to which the log has been read; undefined: not known. */
  readonly last: number | undefined;
  /** The messages without those whose sequence lies far beyond everything before it. */
  believable(messages: readonly Message[]): Message[];
};

/** For one subscription. `after`: where it resumes; `head`: the newest sequence that the server has named. */
export function checkSequences(after: number | undefined, head: number | undefined): SequenceCheck {
  let last = after;
  return {
    get last() {
      return last;
    },
    believable(messages) {
      return messages.filter(({ sequence }) => {
        if (sequence === 0) return true;
        const known = Math.max(last ?? 0, head ?? 0);
        if (sequence > known + maxSequenceStep) return false;
        last = Math.max(last ?? 0, sequence);
        return true;
      });
    },
  };
}

/** The messages of an answer that goes back in the log, each before the last: what is repeated or disordered is left out. */
export function descending(messages: readonly Message[], before: number): Message[] {
  let place = before === 0 ? Infinity : before;
  return messages.filter(({ sequence }) => {
    if (sequence <= 0 || sequence >= place) return false;
    place = sequence;
    return true;
  });
}
