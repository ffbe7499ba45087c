import { ChatError } from './errors.js';

/** As protobufjs returns it: an object if the value may not fit into a number. */
export type Uint64 = number | { toNumber(): number } | null | undefined;

export function decoded<Value>(what: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    throw new ChatError('message-refused', `the ${what} is not valid protobuf`, { cause: error });
  }
}

/** Above 2^53 only approximate, and every later check rejects such values as too large. */
export function plainNumber(value: Uint64): number {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' ? value : value.toNumber();
}
