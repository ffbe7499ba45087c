import type { MessageLine } from '../../../client/lines/message-line.js';
import { ChatError } from '../../../shared/errors.js';
import type { OutputFormat } from '../../plain-output/message-writer.js';
import { roomTarget, type RoomTarget } from '../../rooms/find-room.js';
import { parseInteger, parseTime, splitCommand, type CommandLine } from '../../options/option-values.js';

/** The options of `chat connect` without a screen, as given. */
export type PlainFlags = {
  readonly room?: readonly string[];
  readonly direct?: readonly string[];
  readonly plain?: boolean;
  readonly json?: boolean;
  readonly since?: string;
  readonly tail?: string;
  readonly once?: boolean;
  readonly maxMessages?: string;
  /** False after `--no-self`. */
  readonly self?: boolean;
  readonly mentions?: boolean;
  readonly readOnly?: boolean;
  readonly untilEof?: boolean;
  readonly saveImages?: string;
  readonly exec?: string;
  readonly verbose?: boolean;
};

/** The meaning of the options. */
export type PlainSettings = {
  /** The rooms to show; none: all of the user's. */
  readonly targets: readonly RoomTarget[];
  readonly format: OutputFormat;
  readonly after: number | undefined;
  /** Milliseconds since 1970. */
  readonly since: number | undefined;
  readonly tail: number | undefined;
  readonly once: boolean;
  readonly maxMessages: number;
  readonly isWanted: (line: Pick<MessageLine, 'self'>) => boolean;
  /** Only messages that mention the user, and direct messages. */
  readonly mentions: boolean;
  readonly readsStdin: boolean;
  /** Ends after the last line of stdin. */
  readonly untilEof: boolean;
  readonly saveImages: string | undefined;
  readonly exec: CommandLine | undefined;
};

const maxInteger = Number.MAX_SAFE_INTEGER;

export function asksForPlainOutput(flags: PlainFlags): boolean {
  const { plain, json, since, tail, once, maxMessages, self, readOnly, untilEof, saveImages, exec } = flags;
  const { room, direct } = flags;
  const given = [room, direct, since, tail, maxMessages, saveImages, exec].some(
    (value) => value !== undefined,
  );
  return given || self === false || [plain, json, once, readOnly, untilEof, flags.mentions].includes(true);
}

/** Reads the options. Throws `usage` for invalid ones. `now` in milliseconds since 1970. */
export function parsePlainOptions(flags: PlainFlags, now: number): PlainSettings {
  const { plain, json, since, tail, once = false, maxMessages, self = true, readOnly, saveImages } = flags;
  if (plain && json) throw new ChatError('usage', 'only one of --plain and --json can be given');
  if (since !== undefined && tail !== undefined) {
    throw new ChatError('usage', 'only one of --since and --tail can be given');
  }
  const { untilEof = false } = flags;
  if (untilEof && (once || readOnly)) {
    const other = once ? '--once' : '--read-only';
    throw new ChatError('usage', `${other} does not read stdin: it cannot be used with --until-eof`);
  }
  if (saveImages === '') throw new ChatError('usage', '--save-images needs a directory');
  if (flags.exec?.trim() === '') throw new ChatError('usage', '--exec needs a command');
  const exec = flags.exec === undefined ? undefined : splitCommand(flags.exec);
  const rooms = (flags.room ?? []).flatMap((room) => roomTarget({ room }) ?? []);
  const directs = (flags.direct ?? []).flatMap((direct) => roomTarget({ direct }) ?? []);
  const isSequence = since !== undefined && /^\d+$/.test(since);
  return {
    targets: [...rooms, ...directs],
    format: json ? 'json' : plain || !exec ? 'plain' : 'none',
    after: isSequence ? parseInteger('--since', since, 0, maxInteger) : undefined,
    since: since === undefined || isSequence ? undefined : parseTime('--since', since, now),
    tail: tail === undefined ? undefined : parseInteger('--tail', tail, 0, 1_000_000),
    once,
    maxMessages:
      maxMessages === undefined ? Infinity : parseInteger('--max-messages', maxMessages, 1, maxInteger),
    isWanted: (line) => self || !line.self,
    mentions: flags.mentions ?? false,
    readsStdin: !once && readOnly !== true,
    untilEof,
    saveImages,
    exec,
  };
}
