import type { Effect } from './effects.js';
import type { SessionState } from './state.js';

/** What an event leads to: the new state, and what is to be done in this order. */
export type Step = readonly [SessionState, readonly Effect[]];

/** A point in time by both clocks, in milliseconds: `now` is monotonic, `wall` counts from 1970. */
export type Instant = { readonly now: number; readonly wall: number };

/** What else a decision depends on: the time, and a random number from 0 up to 1. */
export type Moment = Instant & { readonly chance: number };
