import type { Clock } from '../../../shared/clock.js';

/** The state of a plausible clock across restarts. All in milliseconds, times since 1970. */
export type ClockRecord = {
  /** The last wall-clock time that was plausible. */
  readonly plausibleAt: number;
  /** The wall-clock time of this record, plausible or not, and for how long that clock had run evenly. */
  readonly recordedAt: number;
  readonly evenMs: number;
};

/** The wall clock, checked against recorded times and the monotonic clock. */
export type PlausibleClock = {
  /** The wall-clock time; undefined while it is implausibly far ahead. It may be behind: ages are then too small. */
  now(): number | undefined;
  /** Negative if the wall clock is behind the expected time. */
  aheadMs(): number;
  /** The time to store with a write: never before a time that is known to have passed. */
  stamp(): number;
  record(): ClockRecord;
};

/** A wall clock that has run evenly for this long is believed, however far ahead it is. */
const evenEnoughMs = 24 * 60 * 60 * 1000;

/** Up to `toleranceMs` ahead is plausible: the machine may have been off or asleep. */
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
    // A clock that was just set back may soon be corrected, and that must not look like a jump.
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
