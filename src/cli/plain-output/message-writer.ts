import { once } from 'node:events';
import { encodeLine, jsonLine, lineVersion } from '../../client/lines/json-line.js';
import type { MessageLine } from '../../client/lines/message-line.js';
import { plainLine } from '../../client/lines/plain-line.js';
import { sanitiseLine } from '../../client/terminal/text/sanitise.js';
import { ChatError } from '../../shared/errors.js';
import { describeError } from '../io/report-error.js';
import type { IO } from '../io/io.js';

/** How a message is written; `none`: a program receives it instead. */
export type OutputFormat = 'plain' | 'json' | 'none';

/** Where lines go: messages to stdout, everything else to stderr. */
export type LineWriter = {
  /** Resolves when stdout takes more. */
  message(line: MessageLine): Promise<void>;
  /** What became of the connection; told only where somebody watches. */
  status(status: string, text: string): void;
  /** A failure that ends nothing. */
  failure(thrown: unknown): void;
};

/** A writer of one format. */
export function createLineWriter(format: OutputFormat, isVerbose: boolean, io: IO): LineWriter {
  const { stdout, stderr } = io;
  const isWatched = isVerbose || stderr.isTTY === true;

  function tell(value: Readonly<Record<string, unknown>>, text: string): void {
    stderr.write(
      format === 'json' ? `${encodeLine({ v: lineVersion, ...value })}\n` : `chat: ${sanitiseLine(text)}\n`,
    );
  }

  return {
    async message(line) {
      if (format === 'none') return;
      const text = format === 'json' ? jsonLine(line) : plainLine(line);
      // What becomes of a reader that has gone is settled for the whole program.
      if (!stdout.write(`${text}\n`)) await once(stdout, 'drain');
    },
    status(status, text) {
      if (isWatched) tell({ type: 'status', status, text }, text);
    },
    failure(thrown) {
      const error = ChatError.from(thrown);
      const message = describeError(error);
      tell({ type: 'error', code: error.code, message }, message);
    },
  };
}
