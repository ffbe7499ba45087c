/** Values by key, made when first asked for. */
export type IdleMap<Value> = {
  /** The value of that key, a new one if there is none. */
  of(key: string): Value;
  values(): Iterable<Value>;
  count(): number;
};

// Below this it is not worth looking for idle values.
const fewValues = 256;

/** A map that forgets idle values, so that it grows with what is in use and not with the keys ever seen. */
export function createIdleMap<Value>(
  make: (key: string) => Value,
  isIdle: (value: Value) => boolean,
): IdleMap<Value> {
  const values = new Map<string, Value>();
  let tidyAt = fewValues;

  function tidy(): void {
    for (const [key, value] of values) if (isIdle(value)) values.delete(key);
    // Twice what is left: tidying then costs little for each value that is made.
    tidyAt = Math.max(fewValues, 2 * values.size);
  }

  return {
    of(key) {
      const existing = values.get(key);
      if (existing !== undefined) return existing;
      if (values.size >= tidyAt) tidy();
      const value = make(key);
      values.set(key, value);
      return value;
    },
    values: () => values.values(),
    count: () => values.size,
  };
}
