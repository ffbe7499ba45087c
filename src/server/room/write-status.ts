import type { Clock } from '../../shared/clock.js';
import { createObservable, type Observable } from '../../shared/async/observable.js';
import type { MessageLog } from './message-log.js';

/** The log's `writeProblem`, asked for every second. */
export type WriteStatus = Pick<Observable<string | undefined>, 'get' | 'changed'> & {
  stop(): void;
};

const checkIntervalMs = 1000;

export function watchWriteProblem(log: Pick<MessageLog, 'writeProblem'>, clock: Clock): WriteStatus {
  const problem = createObservable(log.writeProblem());
  let stop = (): void => undefined;
  const check = (): void => {
    problem.set(log.writeProblem());
    stop = clock.after(checkIntervalMs, check);
  };
  check();
  return { ...problem, stop: () => stop() };
}
