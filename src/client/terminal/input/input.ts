import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../../shared/clock.js';
import { endBurst, gatherBurst, type Gathered, holdTime, initialBurstState } from './burst.js';
import { decodeInput, giveUpWaiting, initialDecoderState, waitingTime, type Decoded } from './key-decoder.js';
import type { TerminalInput } from './terminal-input.js';

/** The part of stdin that is used. */
export type Keyboard = {
  setRawMode(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
};

/** Puts the keyboard into raw mode and reports what it sends; the returned function ends that. */
export function attachInput(
  keyboard: Keyboard,
  clock: Clock,
  onInput: (input: TerminalInput) => void,
): () => void {
  const utf8 = new StringDecoder('utf8');
  let state = initialDecoderState;
  let stopWaiting = noop;
  let burst = initialBurstState;
  let stopHolding = noop;

  const pass = (gathered: Gathered) => {
    burst = gathered.state;
    const milliseconds = holdTime(burst);
    if (milliseconds !== undefined) {
      // Due late in a busy process: what the terminal has sent meanwhile is read before the second timer.
      stopHolding = clock.after(milliseconds, () => {
        stopHolding = clock.after(0, () => pass(endBurst(burst)));
      });
    }
    for (const input of gathered.inputs) onInput(input);
  };
  const take = (decoded: Decoded) => {
    state = decoded.state;
    const milliseconds = waitingTime(state);
    if (milliseconds !== undefined) {
      stopWaiting = clock.after(milliseconds, () => take(giveUpWaiting(state)));
    }
    stopHolding();
    stopHolding = noop;
    pass(gatherBurst(burst, decoded.inputs, clock.monotonicMs()));
  };
  const onData = (bytes: Uint8Array) => {
    stopWaiting();
    stopWaiting = noop;
    take(decodeInput(state, utf8.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))));
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
