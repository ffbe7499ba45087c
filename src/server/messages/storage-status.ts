import type { Clock } from '../../shared/clock.js';
import { createObservable, type Observable } from '../../shared/async/observable.js';
import type { MessageLog } from './message-log.js';

/** The log's `storageProblem`, asked for every second. */
export type StorageStatus = Pick<Observable<string | undefined>, 'get' | 'changed'> & {
  stop(): void;
};

const checkIntervalMs = 1000;

export function watchStorage(log: Pick<MessageLog, 'storageProblem'>, clock: Clock): StorageStatus {
  const problem = createObservable(log.storageProblem());
  let stop = (): void => undefined;
  const check = (): void => {
    problem.set(log.storageProblem());
    stop = clock.after(checkIntervalMs, check);
  };
  check();
  return { ...problem, stop: () => stop() };
}
