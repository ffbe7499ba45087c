import type { Clock } from '../../../shared/clock.js';

/** What a plausible clock knows, as it survives a restart. All in milliseconds, times since 1970. */
export type ClockRecord = {
  /** The last wall-clock time that was plausible. */
  readonly plausibleAt: number;
  /** When this was recorded by the wall clock, plausible or not, and for how long that had run evenly. */
  readonly recordedAt: number;
  readonly evenMs: number;
};

/** The wall clock, checked against the time known before and against the monotonic clock. */
export type PlausibleClock = {
  /** The wall-clock time; undefined while it is implausibly far ahead. It may be behind: ages are then too small. */
  now(): number | undefined;
  /** How far the wall clock is ahead of the time that is expected; negative if it is behind. */
  aheadMs(): number;
  /** The time to store with what is written: not before what is known to have passed already. */
  stamp(): number;
  /** What to pass to the next start. */
  record(): ClockRecord;
};

/** A wall clock that has run evenly for this long is believed, however far ahead it is. */
const evenEnoughMs = 24 * 60 * 60 * 1000;

/**
 * Begins with what was recorded before. A wall clock that is at most `toleranceMs` ahead of it, and of the time that has
 * passed since then, is plausible: the machine may have been off or asleep.
 */
export function createPlausibleClock(
  clock: Clock,
  toleranceMs: number,
  recorded: ClockRecord,
): PlausibleClock {
  const offset = (): number => clock.now() - clock.monotonicMs();
  const gap = clock.now() - recorded.recordedAt;
  const continues = gap >= 0 && gap <= toleranceMs;
  let plausible = { wall: recorded.plausibleAt, at: clock.monotonicMs() };
  let even = { offset: offset(), since: clock.monotonicMs() - (continues ? recorded.evenMs : 0) };

  const expected = (): number => plausible.wall + clock.monotonicMs() - plausible.at;

  const now = (): number | undefined => {
    const [wall, at] = [clock.now(), clock.monotonicMs()];
    if (Math.abs(offset() - even.offset) > toleranceMs) even = { offset: offset(), since: at };
    const isBelieved = at - even.since >= evenEnoughMs;
    const ahead = wall - expected();
    if (ahead > toleranceMs && !isBelieved) return undefined;
    // One that was just set back is not expected to stay there: setting it right must not look like a jump.
    if (ahead >= 0 || isBelieved) plausible = { wall, at };
    return wall;
  };

  return {
    now,
    aheadMs: () => clock.now() - expected(),
    stamp() {
      now();
      return Math.floor(Math.max(clock.now(), expected()));
    },
    record() {
      now();
      return {
        plausibleAt: Math.max(0, Math.floor(expected())),
        recordedAt: Math.max(0, clock.now()),
        evenMs: Math.floor(clock.monotonicMs() - even.since),
      };
    },
  };
}
