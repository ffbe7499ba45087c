import { ulid } from 'ulid';
import type { RoomCalls, Sent } from '../../client/connection/port.js';
import { systemClock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import type { MessageChange } from '../../shared/message-changes.js';
import { checkId } from '../../shared/message-rules.js';
import { maxSequence } from '../../shared/read-messages.js';
import { decodeText } from '../../shared/text.js';
import { serverSettings } from '../config/server-settings.js';
import { withConnection } from '../connection/with-connection.js';
import { deliverCall } from '../delivery/deliver.js';
import { reportRetries, writeNote } from '../delivery/delivery-report.js';
import type { IO } from '../io/io.js';
import { readText } from '../io/read-input.js';
import type { LoginFlags, TrustFlags } from '../options/command-options.js';
import { parseDuration, parseInteger } from '../options/option-values.js';
import { explainSingleRoom } from '../rooms/find-room.js';

/** The options of `chat edit`, `delete` and `react` as given. */
export type ChangeFlags = LoginFlags &
  TrustFlags & {
    readonly to?: string;
    readonly id?: string;
    readonly timeout?: string;
    readonly json?: boolean;
    readonly verbose?: boolean;
    readonly quiet?: boolean;
    readonly debug?: boolean;
  };

/** Gives a text another content: the words, or stdin for `-` and without words. */
export async function editMessage(
  sequence: string,
  words: readonly string[],
  flags: ChangeFlags,
  io: IO,
): Promise<number> {
  const target = parseInteger('SEQUENCE', sequence, 1, maxSequence);
  const text = await textOf(words, target, io);
  return changeMessage({ target, done: 'edited' }, flags, io, (rooms, change, signal) =>
    rooms.edit({ ...change, text }, signal),
  );
}

export async function deleteMessage(sequence: string, flags: ChangeFlags, io: IO): Promise<number> {
  const target = parseInteger('SEQUENCE', sequence, 1, maxSequence);
  return changeMessage({ target, done: 'deleted' }, flags, io, (rooms, change, signal) =>
    rooms.delete(change, signal),
  );
}

/** Replaces the reactions of the user; without emoji, removes them. */
export async function reactToMessage(
  sequence: string,
  emoji: readonly string[],
  flags: ChangeFlags,
  io: IO,
): Promise<number> {
  const target = parseInteger('SEQUENCE', sequence, 1, maxSequence);
  const done = emoji.length > 0 ? 'reacted to' : 'removed your reactions from';
  return changeMessage({ target, done }, flags, io, (rooms, change, signal) =>
    rooms.react({ ...change, emoji }, signal),
  );
}

async function textOf(words: readonly string[], target: number, { stdin }: IO): Promise<string> {
  if (words.length > 1 && words.includes('-'))
    throw new ChatError('usage', '- means the whole text: it cannot be combined with other words');
  if (words.length === 0 && stdin.isTTY)
    throw new ChatError('usage', 'no text given', {
      hint: 'Give the new text as arguments, or pipe one in.',
    });
  const isInput = words.length === 0 || words[0] === '-';
  const text = isInput ? decodeText(await readText(stdin)) : words.join(' ');
  if (text !== '') return text;
  throw new ChatError('usage', 'the text is empty: nothing was changed', {
    hint: `To remove the message: chat delete ${target}`,
  });
}

type Make = (rooms: RoomCalls, change: MessageChange, signal: AbortSignal) => Promise<Sent>;

async function changeMessage(
  { target, done }: { readonly target: number; readonly done: string },
  givenFlags: ChangeFlags,
  io: IO,
  make: Make,
): Promise<number> {
  const { timeout = '10s', id = ulid() } = givenFlags;
  const timeoutMs = parseDuration('--timeout', timeout);
  checkGivenId(id);
  const { addresses, flags } = await serverSettings(givenFlags.to, givenFlags, io);
  const settings = { addresses, flags, timeoutMs, sendTimeoutMs: timeoutMs };
  return withConnection(settings, io, async ({ connection, signal }) => {
    const options = {
      connection,
      clock: systemClock,
      timeoutMs,
      signal,
      onRetry: reportRetries(timeout, flags, io),
    };
    const call = (until: AbortSignal): Promise<Sent> =>
      explainSingleRoom(make(connection.rooms, { target, id }, until), connection, until);
    const { sequence } = await deliverCall(call, options).catch((thrown: unknown) => {
      throw ofChange(thrown, target, id);
    });
    if (flags.json) io.stdout.write(`${JSON.stringify({ type: 'sent', sequence, id, target })}\n`);
    writeNote(`${done} ${target}`, flags, io);
  });
}

function checkGivenId(id: string): void {
  try {
    if (id === '') throw new ChatError('usage', 'it is empty');
    checkId(id);
  } catch (cause) {
    throw new ChatError('usage', `--id: ${ChatError.from(cause).message}`, { cause });
  }
}

/** The failure of a delivery, in words for a change. */
function ofChange(thrown: unknown, target: number, id: string): unknown {
  const { code, message } = ChatError.from(thrown);
  switch (code) {
    case 'may-not-have-arrived':
      return new ChatError(code, message.replace('the message may', 'the change may'), {
        hint: `Repeat it with --id ${id}: then it is made once.`,
        cause: thrown,
      });
    case 'timed-out':
      return new ChatError(code, message.replace('the message was not sent', 'nothing was changed'), {
        cause: thrown,
      });
    case 'no-such-room':
      return new ChatError(code, `no such message: ${target}`, { cause: thrown });
    // Everything else that is missing is the message, once it was deleted.
    case 'not-found':
      return new ChatError('no-such-room', message, { cause: thrown });
    default:
      return thrown;
  }
}
