import { setImmediate } from 'node:timers/promises';

/** Longer work yields to keys, timers and the network. */
const maxTurnMs = 10;

/** Awaited between small pieces of work. */
export type LetOthersRun = () => Promise<void>;

/** For work of any length: resolves immediately, or after everything else that is waiting had its turn. */
export function fairShare(): LetOthersRun {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < maxTurnMs) return;
    await setImmediate();
    began = performance.now();
  };
}
