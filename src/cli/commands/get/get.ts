import { withNextStep } from '../../../client/connection/find-room.js';
import type { Connection } from '../../../client/connection/port.js';
import { retryWhenRateLimited } from '../../../client/connection/retry-when-rate-limited.js';
import { createImageProcess } from '../../../client/images/process/image-process.js';
import { saveImage } from '../../../client/images/save-image.js';
import { messageLine, reactionLines, type MessageLine } from '../../../client/lines/message-line.js';
import { homeDirectory } from '../../../client/system/environment.js';
import { systemClock } from '../../../shared/clock.js';
import { ChatError } from '../../../shared/errors.js';
import { plainPlacement, type Message } from '../../../shared/message.js';
import { maxSequence } from '../../../shared/read-messages.js';
import { serverSettings } from '../../config/server-settings.js';
import { withConnection } from '../../connection/with-connection.js';
import type { IO } from '../../io/io.js';
import type { LoginFlags, TrustFlags } from '../../options/command-options.js';
import { parseInteger } from '../../options/option-values.js';
import { createMessageWriter } from '../../plain-output/message-writer.js';
import { explainSingleRoom, nameOfRoom } from '../../rooms/find-room.js';

/** The options of `chat get` as given. */
export type GetFlags = LoginFlags &
  TrustFlags & {
    readonly to?: string;
    readonly json?: boolean;
    readonly debug?: boolean;
  };

/** Prints a message as it is now, or saves its image to `path`. */
export async function get(
  sequenceText: string,
  path: string | undefined,
  givenFlags: GetFlags,
  io: IO,
): Promise<number> {
  const sequence = parseInteger('SEQUENCE', sequenceText, 1, maxSequence);
  if (path === '') throw new ChatError('usage', 'the path is empty');
  const { addresses, flags } = await serverSettings(givenFlags.to, givenFlags, io);
  const writer = createMessageWriter(flags.json ? 'json' : 'plain', false, io);
  const onUnreadable = (reason: ChatError): void => writer.failure(reason);
  return withConnection({ addresses, flags, onUnreadable }, io, async ({ connection, user, signal }) => {
    const message = await explainSingleRoom(find(sequence, connection, signal), connection, signal);
    const { room: number } = message.detail ?? plainPlacement;
    const room = await nameOfRoom(number, connection.rooms, { user, clock: systemClock, signal });
    const line = messageLine(message, { user, replay: true, images: 0, room });
    await writer.message(path === undefined ? line : await saved(line, sequence, path, io));
    if (!flags.json) for (const row of reactionLines(line)) io.stdout.write(`${row}\n`);
  });
}

async function find(sequence: number, { rooms }: Connection, signal: AbortSignal): Promise<Message> {
  const read = () => rooms.messages([sequence], signal);
  const [message] = await retryWhenRateLimited(read, systemClock, signal);
  if (message) return message;
  throw new ChatError('no-such-room', `no such message: ${sequence}`);
}

async function saved(line: MessageLine, number: number, path: string, io: IO): Promise<MessageLine> {
  if (line.deleted) throw new ChatError('no-such-room', `message ${number} was deleted`);
  if (line.type !== 'image')
    throw new ChatError('usage', `message ${number} is a text, not an image`, {
      hint: `To print it: chat get ${number}`,
    });
  const target = { number, path, directory: io.cwd, home: homeDirectory() };
  const file = await saveImage(createImageProcess(), line.content, target).catch((thrown: unknown) => {
    throw withNextStep(thrown, { 'already-exists': 'Choose another path: files are never overwritten.' });
  });
  return { ...line, file };
}
