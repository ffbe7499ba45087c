import type { Effect } from './effects.js';
import type { SessionState } from './state.js';

/** What an event leads to: the new state, and what is to be done in this order. */
export type Step = readonly [SessionState, readonly Effect[]];

/** What else a decision depends on: the time in milliseconds since 1970, and a random number from 0 up to 1. */
export type Moment = { readonly now: number; readonly chance: number };
