/** Also works for errors of another realm, for which `instanceof Error` is false, and for values that are not errors. */
export function thrownMessage(thrown: unknown): string {
  const isError = typeof thrown === 'object' && thrown !== null && 'message' in thrown;
  return isError && typeof thrown.message === 'string' ? thrown.message : String(thrown);
}
