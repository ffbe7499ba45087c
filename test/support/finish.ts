/** What a reading returns that was not interrupted. */
export function finish<Value>(reading: Generator<undefined, Value, void>): Value {
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
  }
}
