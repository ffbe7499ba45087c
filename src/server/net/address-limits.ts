import { addressKey } from './address-key.js';
import { isLoopback } from './loopback.js';

/** Limits how many of something exist at once, in total and per address. */
export type AddressLimits = {
  /** Returns the function that counts it out again; undefined: there are too many. */
  countIn(address: string): (() => void) | undefined;
};

/** An IPv6 address counts as its /64; loopback is exempt from `perAddress`. */
export type AddressCaps = { readonly total: number; readonly perAddress: number };

/** Creates the counters. */
export function createAddressLimits({ total, perAddress }: AddressCaps): AddressLimits {
  const counts = new Map<string, number>();
  let all = 0;

  return {
    countIn(address) {
      const key = addressKey(address);
      const count = counts.get(key) ?? 0;
      if (all >= total || (count >= perAddress && !isLoopback(address))) return undefined;
      counts.set(key, count + 1);
      all++;
      return () => {
        const rest = (counts.get(key) ?? 1) - 1;
        if (rest > 0) counts.set(key, rest);
        else counts.delete(key);
        all--;
      };
    },
  };
}
