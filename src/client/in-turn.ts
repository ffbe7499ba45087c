/** Runs a task when all that were given before have ended, well or not. What it returns or throws comes back. */
export type InTurn = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** A row of tasks of which one runs at a time. A task that rejects keeps no other from running. */
export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
