import { once } from 'node:events';
import { eventLine, type EventReading } from '../../client/lines/event-line.js';
import {
  encodeLine,
  jsonLine,
  lineVersion,
  type MessageLine,
  plainLine,
} from '../../client/lines/message-line.js';
import { sanitiseLine } from '../../client/terminal/text/sanitise.js';
import { ChatError } from '../../shared/errors.js';
import type { Message } from '../../shared/message.js';
import { describeError } from '../io/report-error.js';
import type { IO } from '../io/io.js';

/** How a message is written; `none`: a program receives it instead. */
export type OutputFormat = 'plain' | 'json' | 'none';

/** Writes messages to stdout and everything else to stderr. */
export type MessageWriter = {
  /** Resolves when stdout accepts more. */
  message(line: MessageLine): Promise<void>;
  /** Writes nothing for an entry that is neither a change of the room nor of its members. */
  event(message: Message, reading: EventReading): Promise<void>;
  /** The state of the connection; written only to a terminal or with `--verbose`. */
  status(status: string, text: string): void;
  failure(thrown: unknown): void;
};

/** Creates a writer for the output of a command without a screen. */
export function createMessageWriter(format: OutputFormat, isVerbose: boolean, io: IO): MessageWriter {
  const { stdout, stderr } = io;
  const isWatched = isVerbose || stderr.isTTY === true;

  function writeStderr(value: Readonly<Record<string, unknown>>, text: string): void {
    stderr.write(
      format === 'json' ? `${encodeLine({ v: lineVersion, ...value })}\n` : `chat: ${sanitiseLine(text)}\n`,
    );
  }

  async function writeStdout(line: string): Promise<void> {
    if (!stdout.write(`${line}\n`)) await once(stdout, 'drain');
  }

  return {
    async message(line) {
      if (format === 'none') return;
      await writeStdout(format === 'json' ? jsonLine(line) : plainLine(line));
    },
    async event(message, reading) {
      const text = format === 'none' ? undefined : eventLine(message, reading, format);
      if (text !== undefined) await writeStdout(text);
    },
    status(status, text) {
      if (isWatched) writeStderr({ type: 'status', status, text }, text);
    },
    failure(thrown) {
      const error = ChatError.from(thrown);
      const message = describeError(error);
      writeStderr({ type: 'error', code: error.code, message }, message);
    },
  };
}
