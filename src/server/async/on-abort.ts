const tasksOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Runs `task` when the signal aborts, or at once if it has; the returned function takes that back. For signals that thousands
 * wait for: they share one listener, where adding and removing one each would cost a walk over all others.
 */
export function onAbort(signal: AbortSignal, task: () => void): () => void {
  if (signal.aborted) task();
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
