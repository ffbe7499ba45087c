import { ChatError } from './errors.js';

/** A uint64 as protobufjs gives it: the object where a number could not hold it. */
export type Uint64 = number | { toNumber(): number } | null | undefined;

/** What `decode` gives; broken protobuf throws `message-refused`. */
export function decoded<Value>(decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    throw new ChatError('message-refused', 'the request is not valid protobuf', { cause: error });
  }
}

/** A uint64 as a number; above 2^53 it is only near, which every later check treats as too large anyway. */
export function plainNumber(value: Uint64): number {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' ? value : value.toNumber();
}
