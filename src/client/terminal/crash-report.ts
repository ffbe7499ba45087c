import { ChatError } from '../../shared/errors.js';
import { sanitiseLine, sanitiseText } from './text/sanitise.js';
import { truncate } from './text/truncate.js';

/** What stderr says of a crash: at most three lines; with `debug` the stack too. */
export function crashReport(thrown: unknown, debug: boolean): string {
  const { message, hint } = ChatError.from(thrown);
  const lines = [`chat: unexpected failure: ${truncate(sanitiseLine(message), 300)}`];
  if (hint !== undefined) lines.push(truncate(sanitiseLine(hint), 300));
  if (debug) lines.push(sanitiseText((thrown instanceof Error ? thrown.stack : undefined) ?? 'no stack'));
  else lines.push('Run it again with --debug to see where.');
  return `${lines.join('\n')}\n`;
}
