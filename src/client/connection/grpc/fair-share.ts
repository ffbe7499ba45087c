import { setImmediate } from 'node:timers/promises';

/** Work that takes longer yields to keys, timers and the network. */
const maxTurnMs = 10;

/** Awaited between small pieces of work. */
export type LetOthersRun = () => Promise<void>;

export function fairShare(): LetOthersRun {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < maxTurnMs) return;
    await setImmediate();
    began = performance.now();
  };
}
