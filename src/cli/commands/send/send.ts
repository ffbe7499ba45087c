import { ulid } from 'ulid';
import { fetchServerInfo } from '../../../client/connection/server-info.js';
import { prepareImage } from '../../../client/images/decode/prepare-image.js';
import { transferTimeMs } from '../../../client/connection/transfer-time.js';
import { withTimeout } from '../../../shared/async/with-timeout.js';
import type { Sent } from '../../../client/connection/port.js';
import { systemClock } from '../../../shared/clock.js';
import { ChatError } from '../../../shared/errors.js';
import { contentType, type Draft } from '../../../shared/message.js';
import { maxSequence } from '../../../shared/read-messages.js';
import { defaultLimits } from '../../../shared/message-rules.js';
import { serverSettings } from '../../config/server-settings.js';
import type { LoginFlags, TrustFlags } from '../../options/command-options.js';
import { parseDuration, parseInteger } from '../../options/option-values.js';
import { roomTarget, type RoomFlags } from '../../rooms/find-room.js';
import { inLine, withContext, deliver, type DeliveryOptions } from '../../delivery/deliver.js';
import { reportRetries, writeNote } from '../../delivery/delivery-report.js';
import { deliverAll, type Line, type ManyConnection } from '../../delivery/deliver-all.js';
import { readContents, type Content } from './send-contents.js';
import { sendingTo } from '../../rooms/sending-to.js';
import { planSending, splitSendArguments, type ContentFlags } from './send-plan.js';
import type { IO } from '../../io/io.js';
import { withConnection } from '../../connection/with-connection.js';

/** The options of `chat send` as given. */
export type SendFlags = LoginFlags &
  TrustFlags &
  ContentFlags &
  RoomFlags & {
    readonly replyTo?: string;
    readonly to?: string;
    readonly timeout?: string;
    readonly json?: boolean;
    readonly verbose?: boolean;
    readonly quiet?: boolean;
    readonly debug?: boolean;
  };

/** Sends messages from the words, options and stdin, in order; stops at the first failure. */
export async function send(words: readonly string[], givenFlags: SendFlags, io: IO): Promise<number> {
  const isTimeGiven = givenFlags.timeout !== undefined;
  const timeoutText = givenFlags.timeout ?? '10s';
  const timeoutMs = parseDuration('--timeout', timeoutText);
  const target = splitSendArguments(words, givenFlags.to);
  const room = roomTarget(givenFlags);
  const replyTo =
    givenFlags.replyTo === undefined
      ? undefined
      : parseInteger('--reply-to', givenFlags.replyTo, 1, maxSequence);
  const plan = planSending(target.words, givenFlags, io.stdin.isTTY === true);
  const { addresses, flags } = await serverSettings(target.address, givenFlags, io);
  const settings = { addresses, flags, timeoutMs, sendTimeoutMs: timeoutMs };
  return withConnection(settings, io, async ({ connection, signal }) => {
    const onRetry = reportRetries(timeoutText, flags, io);
    const options: SendOptions = {
      connection: sendingTo(room, replyTo, connection),
      clock: systemClock,
      timeoutMs,
      isTimeGiven,
      signal,
      onRetry,
    };
    const contents = readContents({ ...plan, stripAnsi: flags.stripAnsi ?? false }, io);
    if (plan.text.from === 'lines') {
      await sendLines(contents, options, (sent) => report(sent, flags, io));
      return;
    }
    for await (const content of contents) report(await sendContent(content, options), flags, io);
  });
}

/** `isTimeGiven`: the user set the timeout, which a large message does not extend. */
type SendOptions = DeliveryOptions & {
  readonly connection: ManyConnection;
  readonly isTimeGiven: boolean;
};

const escape = 0x1b;

/** Adds a hint if a text may have been rejected because of its escape sequences. */
function withEscapeHint(thrown: unknown, text: Uint8Array): unknown {
  const error = ChatError.from(thrown);
  if (error.code !== 'message-refused' || !text.includes(escape)) return thrown;
  return new ChatError(error.code, error.message, {
    hint: 'The text has escape sequences, such as those for colours: use --strip-ansi, or --color=never for the program that writes it.',
    cause: error,
  });
}

type Image = Extract<Content, { kind: 'image' }>;
type Delivered = Sent & { readonly draft: Draft };

async function sendContent(content: Content, options: SendOptions): Promise<Delivered> {
  if (content.kind === 'image') return sendImage(content, options);
  try {
    return await sendDraft(contentType.text, content.bytes, options);
  } catch (thrown) {
    const error = withEscapeHint(thrown, content.bytes);
    throw content.line === undefined ? error : inLine(content.line, error);
  }
}

/** Sends what comes before the lines, and then the lines. */
async function sendLines(
  contents: AsyncGenerator<Content>,
  options: SendOptions,
  onSent: (sent: Delivered) => void,
): Promise<void> {
  async function* lines(): AsyncGenerator<Line, void, void> {
    for await (const content of contents) {
      if (content.kind === 'image' || content.line === undefined) onSent(await sendContent(content, options));
      else yield { line: content.line, draft: draftOf(contentType.text, content.bytes, options) };
    }
  }
  await deliverAll(lines(), {
    ...options,
    onSent: ({ draft }, sent) => onSent({ ...sent, draft }),
    describe: ({ line, draft }, thrown) => inLine(line, withEscapeHint(thrown, draft.content)),
  });
}

/** Sends an image. Asks the server for its limit only if the image is too large. */
async function sendImage(image: Image, options: SendOptions): Promise<Delivered> {
  const png = await pngOf(image, defaultLimits.maxImageBytes);
  try {
    return await sendDraft(contentType.image, png, options);
  } catch (error) {
    const limit = await smallerLimit(error, png.length, options);
    if (limit === undefined) throw error;
    return sendDraft(contentType.image, await pngOf(image, limit), options);
  }
}

/** Converts to a PNG of at most `maxBytes`. A failure names the image. */
async function pngOf({ bytes, name }: Image, maxBytes: number): Promise<Uint8Array> {
  const prepared = prepareImage(bytes, maxBytes).catch((error: unknown) => {
    throw withContext(name, error);
  });
  return (await prepared).png;
}

async function smallerLimit(
  error: unknown,
  size: number,
  { connection, clock, signal, timeoutMs }: DeliveryOptions,
): Promise<number | undefined> {
  if (ChatError.from(error).code !== 'message-too-large') return undefined;
  try {
    const { maxImageBytes } = await withTimeout(
      timeoutMs,
      signal,
      (inTime) => fetchServerInfo(connection, inTime),
      clock,
    );
    return maxImageBytes !== undefined && maxImageBytes < size ? maxImageBytes : undefined;
  } catch {
    // The first refusal is the failure to report.
    return undefined;
  }
}

async function sendDraft(type: number, content: Uint8Array, options: SendOptions): Promise<Delivered> {
  const draft = draftOf(type, content, options);
  const transferMs = options.isTimeGiven ? 0 : transferTimeMs(content.length);
  return { ...(await deliver(draft, { ...options, transferMs })), draft };
}

function draftOf(type: number, content: Uint8Array, { clock }: SendOptions): Draft {
  return { id: ulid(), timestamp: clock.now(), type, content };
}

function report({ sequence, draft: { id, timestamp } }: Delivered, flags: SendFlags, io: IO): void {
  // `sequence` is absent if the server has no sequences.
  if (flags.json) io.stdout.write(`${JSON.stringify({ type: 'sent', sequence, id, timestamp })}\n`);
  if (flags.verbose) writeNote(sequence === undefined ? 'sent' : `sent as ${sequence}`, flags, io);
}
