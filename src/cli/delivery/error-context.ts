import { ChatError } from '../../shared/errors.js';

export function inLine(line: number, thrown: unknown): ChatError {
  return withContext(`line ${line}`, thrown);
}

/** Adds what a failure is about. */
export function withContext(what: string, thrown: unknown): ChatError {
  const { code, message, rows, hint, retryAfterMs, cause } = ChatError.from(thrown);
  return new ChatError(code, `${what}: ${message}`, {
    rows,
    ...(hint !== undefined && { hint }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause,
  });
}
