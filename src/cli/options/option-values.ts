import { ChatError } from '../../shared/errors.js';
import { shellWords } from '../../shared/shell-words.js';

const unitsOfTime = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};

/** `w`, `week` and `weeks`, and so on. */
const milliseconds: Readonly<Record<string, number>> = Object.fromEntries([
  ['ms', 1],
  ...Object.entries(unitsOfTime).flatMap(([name, factor]) =>
    [name.charAt(0), name, `${name}s`].map((unit) => [unit, factor] as const),
  ),
]);

const bytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** A whole number from `min` to `max`. Throws `usage` for anything else, as all functions here do. */
export function parseInteger(option: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw badValue(option, text, `a whole number from ${min} to ${max}`);
}

/** The limit of Node's timers. */
const maxTimerMs = 2 ** 31 - 1;

/** `500ms`, `10s`, `2m`, `1h`, `20d`, or seconds without a unit; in milliseconds. */
export function parseDuration(option: string, text: string): number {
  const value = parseQuantity(text, milliseconds, 's');
  if (value !== undefined && value > 0 && value <= maxTimerMs) return value;
  throw badValue(option, text, 'a time such as 10s, 500ms or 2m, at most 24d');
}

/**
 * Milliseconds since 1970, from `2026-11-22`, `2026-11-22T09:14:03Z` (else local time), `today`, `yesterday`, or an
 * age such as `2h`.
 */
export function parseTime(option: string, text: string, now: number): number {
  const day = ['today', 'yesterday'].indexOf(text.toLowerCase());
  if (day >= 0) {
    const today = new Date(now);
    return new Date(today.getFullYear(), today.getMonth(), today.getDate() - day).getTime();
  }
  const ago = /[a-z]$/i.test(text) ? parseQuantity(text, milliseconds, 's') : undefined;
  if (ago !== undefined) return now - ago;
  const time = parseDate(text);
  if (time !== undefined) return time;
  throw badValue(
    option,
    text,
    'a time such as 2026-11-22, 2026-11-22T09:14:03Z, yesterday, or 2h for two hours ago (s, m, h, d or w)',
  );
}

const dateAndTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-](\d{2}):?(\d{2}))?)?$/;

/** Checks each part first, since `Date.parse` turns 30 February into 2 March. */
function parseDate(text: string): number | undefined {
  const match = dateAndTime.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour, minute, second, zoneHours, zoneMinutes] = match
    .slice(1)
    .map((digits: string | undefined) => Number(digits ?? 0));
  const lastDay = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const limits = [
    [month, 1, 12],
    [day, 1, lastDay],
    [hour, 0, 23],
    [minute, 0, 59],
    [second, 0, 59],
    [zoneHours, 0, 23],
    [zoneMinutes, 0, 59],
  ] as const;
  if (limits.some(([value = 0, min, max]) => value < min || value > max)) return undefined;
  const time = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : time;
}

/** `512`, `16KiB`, `4MB`; in bytes, from 1 to `maxBytes`. */
export function parseByteSize(option: string, text: string, maxBytes: number): number {
  const value = parseQuantity(text, bytes, 'b');
  if (value !== undefined && value >= 1 && value <= maxBytes) return value;
  throw badValue(option, text, `a size such as 512, 16KiB or 2MB, at most ${maxBytes} bytes`);
}

/** A time in days (`90d`) or a size (`2GB`). */
export function parseDaysOrSize(
  option: string,
  text: string,
): { readonly milliseconds: number } | { readonly bytes: number } {
  const days = /^(\d+)d$/i.exec(text);
  const ms = Number(days?.[1]) * 86_400_000;
  if (ms > 0 && Number.isSafeInteger(ms)) return { milliseconds: ms };
  // A bare number could be either.
  const size = /[a-z]$/i.test(text) ? parseQuantity(text, bytes, 'b') : undefined;
  if (size !== undefined && size >= 1) return { bytes: size };
  throw badValue(option, text, 'days such as 90d, or a size such as 2GB');
}

export function parseChoice<Choice extends string>(
  option: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw badValue(option, text, `one of ${choices.join(', ')}`);
}

function parseQuantity(
  text: string,
  units: Readonly<Record<string, number>>,
  defaultUnit: string,
): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s?([a-z]*)$/i.exec(text) ?? [];
  const factor = units[unit === '' ? defaultUnit : unit.toLowerCase()];
  if (digits === undefined || factor === undefined) return undefined;
  const value = Math.round(Number(digits) * factor);
  return Number.isSafeInteger(value) ? value : undefined;
}

function badValue(option: string, text: string, wanted: string): ChatError {
  return new ChatError('usage', `${option} takes ${wanted}, not "${text}"`);
}

/** A program and its arguments. No shell sees it. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** Splits a command that a user configured into its words. Throws `usage` for one that cannot be split. */
export function splitCommand(command: string): CommandLine {
  const words = shellWords(command);
  if (!words) throw new ChatError('usage', `unclosed quote in the command: ${command}`);
  const [program, ...args] = words;
  if (program === undefined) throw new ChatError('usage', 'the command is empty');
  return [program, ...args];
}
