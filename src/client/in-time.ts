import { untilAborted } from './until-aborted.js';
import { withDeadline } from './with-deadline.js';

const { signal: never } = new AbortController();

/** What a promise gives, or undefined when that takes longer than so many milliseconds. What comes later is lost. */
export function inTime<Result>(milliseconds: number, result: Promise<Result>): Promise<Result | undefined> {
  return withDeadline(milliseconds, never, (late) => untilAborted(late, result));
}
