/** Runs a task when all that were given before have ended, well or not. */
export type InTurn = (task: () => Promise<void>) => void;

/** A row of tasks of which one runs at a time. A task that rejects keeps no other from running. */
export function inTurn(): InTurn {
  let last = Promise.resolve();
  return (task) => {
    last = last.then(task).catch(() => undefined);
  };
}
