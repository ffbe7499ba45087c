import { ulid } from 'ulid';
import type { Clock } from '../../../shared/clock.js';
import { withoutByteOrderMark } from '../../../shared/byte-order-mark.js';
import { contentType } from '../../../shared/message.js';
import { dedupeWindowMs, maxContentBytes } from '../../../shared/message-rules.js';
import type { Connection } from '../../../client/connection/port.js';
import { readLine, textTooLarge } from '../../io/read-input.js';
import { inLine, deliver } from '../../delivery/deliver.js';
import type { InputStream } from '../../io/io.js';

/** Where the lines come from and go to. */
export type StdinOptions = {
  readonly stdin: InputStream;
  readonly connection: Pick<Connection, 'send' | 'subscribe' | 'logId'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called for each line that was not sent; the next one follows. */
  readonly onFailure: (thrown: unknown) => void;
  /** Called when a line has to wait, once for each new reason. */
  readonly onWaiting: (reason: string) => void;
};

/** Sends each line as it arrives, in order, until the input ends. Skips blank lines. */
export async function sendStdin(options: StdinOptions): Promise<void> {
  const { stdin, signal, onFailure } = options;
  for (let line = 1; !signal.aborted; line++) {
    const read = await readLine(stdin, maxContentBytes);
    if (read === 'end') return;
    if (read === 'too-long') {
      throw inLine(line, textTooLarge());
    }
    const content = line === 1 ? withoutByteOrderMark(read.line) : read.line;
    if (content.toString('utf8').trim() === '') continue;
    await sendLine(content, options).catch((thrown: unknown) => {
      if (!signal.aborted) onFailure(inLine(line, thrown));
    });
  }
}

async function sendLine(
  content: Uint8Array,
  { connection, clock, signal, onWaiting }: StdinOptions,
): Promise<void> {
  const timestamp = clock.now();
  const draft = { id: ulid(timestamp), timestamp, type: contentType.text, content };
  let last: string | undefined;
  const onRetry = (reason: string): void => {
    if (reason !== last) onWaiting(reason);
    last = reason;
  };
  await deliver(draft, { connection, clock, timeoutMs: dedupeWindowMs, signal, onRetry });
}
