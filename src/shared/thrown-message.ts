/** What was thrown, in its own words: also of an error that another realm made, and of what is no error at all. */
export function thrownMessage(thrown: unknown): string {
  const isError = typeof thrown === 'object' && thrown !== null && 'message' in thrown;
  return isError && typeof thrown.message === 'string' ? thrown.message : String(thrown);
}
