import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../../shared/clock.js';
import {
  endBurst,
  gatherBurst,
  type Gathered,
  holdTimeMs,
  initialBurstState,
  wheelOfArrows,
} from './burst.js';
import {
  decodeInput,
  giveUpWaiting,
  initialDecoderState,
  waitingTimeMs,
  type Decoded,
} from './key-decoder.js';
import type { TerminalInput } from './terminal-input.js';

/** The part of stdin that is used. */
export type Keyboard = {
  setRawMode(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
};

/** Reads in raw mode until the returned function is called. `isMultiplexed`: in tmux or screen. */
export function attachInput(
  keyboard: Keyboard,
  clock: Clock,
  onInput: (input: TerminalInput) => void,
  isMultiplexed = false,
): () => void {
  const utf8 = new StringDecoder('utf8');
  let state = initialDecoderState;
  let stopWaiting = noop;
  let burst = initialBurstState;
  let stopHolding = noop;
  let arrowsMayBeWheel = isMultiplexed;

  const pass = (gathered: Gathered) => {
    burst = gathered.state;
    const delayMs = holdTimeMs(burst);
    if (delayMs !== undefined) {
      // In a busy process this timer is late: input that already waits is read before the second one.
      stopHolding = clock.after(delayMs, () => {
        stopHolding = clock.after(0, () => pass(endBurst(burst)));
      });
    }
    for (const input of gathered.inputs) onInput(input);
  };
  const accept = (decoded: Decoded) => {
    state = decoded.state;
    const delayMs = waitingTimeMs(state);
    if (delayMs !== undefined) {
      stopWaiting = clock.after(delayMs, () => accept(giveUpWaiting(state)));
    }
    stopHolding();
    stopHolding = noop;
    if (decoded.inputs.some(({ type }) => type === 'mouse')) arrowsMayBeWheel = false;
    const inputs = arrowsMayBeWheel ? wheelOfArrows(decoded.inputs) : decoded.inputs;
    pass(gatherBurst(burst, inputs, clock.monotonicMs()));
  };
  const onData = (bytes: Uint8Array) => {
    stopWaiting();
    stopWaiting = noop;
    accept(decodeInput(state, utf8.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))));
  };

  keyboard.setRawMode(true);
  keyboard.on('data', onData);
  keyboard.resume();
  return () => {
    stopWaiting();
    stopHolding();
    keyboard.off('data', onData);
    keyboard.pause();
    keyboard.setRawMode(false);
  };
}

function noop(): void {
  // No timer is set.
}
