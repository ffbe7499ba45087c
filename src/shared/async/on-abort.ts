const tasksOf = new WeakMap<AbortSignal, Set<() => void>>();

/** Runs `task` on abort; the result unsubscribes. One listener per signal: removing one walks over all others. */
export function onAbort(signal: AbortSignal, task: () => void): () => void {
  if (signal.aborted) {
    task();
    return () => undefined;
  }
  const tasks = tasksOf.get(signal) ?? listen(signal);
  tasks.add(task);
  return () => void tasks.delete(task);
}

function listen(signal: AbortSignal): Set<() => void> {
  const tasks = new Set<() => void>();
  tasksOf.set(signal, tasks);
  const run = (): void => {
    for (const task of tasks) task();
  };
  signal.addEventListener('abort', run, { once: true });
  return tasks;
}
