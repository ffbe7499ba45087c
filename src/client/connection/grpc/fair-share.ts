import { setImmediate } from 'node:timers/promises';

/** Work that takes longer than this lets keys, timers and the network have their turn, in milliseconds. */
const maxTurnMs = 10;

/** Returned by `fairShare`: to be awaited between small pieces of work. */
export type LetOthersRun = () => Promise<void>;

/** For work of any length: what it awaits between pieces resolves at once, or after everything else that waited. */
export function fairShare(): LetOthersRun {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < maxTurnMs) return;
    await setImmediate();
    began = performance.now();
  };
}
