import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ChatError } from '../../shared/errors.js';
import {
  parseByteSize,
  parseChoice,
  parseDaysOrSize,
  parseDuration,
  parseInteger,
  parseTime,
  splitCommand,
} from './option-values.js';

describe('a number', () => {
  test('is whole and within its bounds', () => {
    expect(parseInteger('--port', '65535', 0, 65_535)).toBe(65_535);
  });

  test.each(['', '-1', '65536', '1.5', '0x10', '9'.repeat(400), '1e3', ' 1', 'abc'])('rejects %j', (text) => {
    expect(() => parseInteger('--port', text, 0, 65_535)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('--port') }),
    );
  });
});

describe('a duration', () => {
  test.each([
    ['10s', 10_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1.5', 1500],
  ])('%s is %d ms', (text, expected) => {
    expect(parseDuration('--timeout', text)).toBe(expected);
  });

  test.each(['', '0', '10x', '-1s', 'forever', '1s2s', '25d', '2147483648ms', '9'.repeat(400)])(
    'rejects %j',
    (text) => {
      expect(() => parseDuration('--timeout', text)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );
});

describe('a size', () => {
  test.each([
    ['512', 512],
    ['16KiB', 16_384],
    ['2MB', 2_000_000],
    ['1.5kb', 1500],
  ])('%s is %d bytes', (text, expected) => {
    expect(parseByteSize('--max-text', text, 4_000_000)).toBe(expected);
  });

  test.each(['', '0', '5MB', '12parsecs', '-5'])('rejects %j', (text) => {
    expect(() => parseByteSize('--max-text', text, 4_000_000)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

describe('a retention limit', () => {
  test('is a time in days or a size', () => {
    expect(parseDaysOrSize('--keep', '90d')).toEqual({ milliseconds: 90 * 24 * 60 * 60 * 1000 });
    expect(parseDaysOrSize('--keep', '2GB')).toEqual({ bytes: 2_000_000_000 });
  });

  test.each(['90', '0d', '0MB', 'd', '2 weeks', `${'9'.repeat(20)}d`, `${'9'.repeat(400)}d`])(
    'refuses %j',
    (text) => {
      expect(() => parseDaysOrSize('--keep', text)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );
});

test('a choice is one of the allowed words', () => {
  expect(parseChoice('--store', 'memory', ['embedded', 'memory'])).toBe('memory');
  expect(() => parseChoice('--store', 'tape', ['embedded', 'memory'])).toThrow(
    '--store takes one of embedded, memory',
  );
});

test.each([
  ['2026-11-22T09:14:03Z', Date.UTC(2026, 10, 22, 9, 14, 3)],
  ['2026-11-22T09:14:03+01:00', Date.UTC(2026, 10, 22, 8, 14, 3)],
  ['2026-11-22', new Date(2026, 10, 22).getTime()],
  ['2026-11-22 09:14', new Date(2026, 10, 22, 9, 14).getTime()],
  ['90s', 10_000],
  ['1m', 40_000],
  ['1 minute', 40_000],
  ['2w', 100_000 - 14 * 86_400_000],
  ['1 week', 100_000 - 7 * 86_400_000],
  ['3 Days', 100_000 - 3 * 86_400_000],
])('the time %s is accepted', (text, moment) => {
  expect(parseTime('--since', text, 100_000)).toBe(moment);
});

test.each([
  ['2024-02-29', new Date(2024, 1, 29).getTime()],
  ['2026-11-22T09:14:03.25-0330', Date.UTC(2026, 10, 22, 12, 44, 3, 250)],
  ['2026-12-31T23:59:59Z', Date.UTC(2026, 11, 31, 23, 59, 59)],
])('the time %s is used exactly', (text, moment) => {
  expect(parseTime('--since', text, 0)).toBe(moment);
});

test.each([
  '2026-02-30',
  '2026-02-29',
  '2100-02-29',
  '2026-04-31T10:00Z',
  '2026-00-10',
  '2026-01-00',
  '2026-11-22T24:00',
  '2026-11-22T25:61',
  '2026-11-22T23:60Z',
  '2026-06-30T23:59:60Z',
  '2026-11-22T09:14+24:00',
  '2026-11-22T09:14+01:60',
  '2026-11-22T09:14 garbage',
  '2026-11-22Z',
  '99999999999999999d',
])('%j is rejected, not corrected to another time', (text) => {
  expect(() => parseTime('--since', text, 0)).toThrow(expect.objectContaining({ code: 'usage' }));
});

test.each(['', 'soon', '2026-13-45', '22.11.2026', '-1h'])('%j is not a time', (text) => {
  expect(() => parseTime('--since', text, 0)).toThrow(/--since takes a time/);
});

const moments = fc.integer({ min: 0, max: 4_000_000_000_000 });

test('an age in any unit is that long ago', () => {
  const units = {
    s: 1,
    seconds: 1,
    m: 60,
    minute: 60,
    h: 3600,
    hours: 3600,
    d: 86_400,
    w: 604_800,
    weeks: 604_800,
  };
  const unit = fc.constantFrom(...Object.entries(units));
  fc.assert(
    fc.property(
      moments,
      fc.nat(10_000),
      unit,
      fc.constantFrom('', ' '),
      (now, count, [name, seconds], space) => {
        expect(parseTime('--since', `${count}${space}${name}`, now)).toBe(now - count * seconds * 1000);
      },
    ),
  );
});

test('today and yesterday begin at midnight, local time', () => {
  fc.assert(
    fc.property(moments, (now) => {
      const [today, yesterday] = ['today', 'Yesterday'].map((word) => parseTime('--since', word, now));
      const dates = [today, yesterday].map((time) => new Date(time ?? NaN));
      for (const date of dates) {
        expect([date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds()]).toEqual([
          0, 0, 0, 0,
        ]);
      }
      const here = new Date(now);
      expect(dates[0]?.toDateString()).toBe(here.toDateString());
      here.setDate(here.getDate() - 1);
      expect(dates[1]?.toDateString()).toBe(here.toDateString());
    }),
  );
});

test('any other text is a time or a usage error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\dTZ:+\-. a-z]{1,24}$/)), (text) => {
      try {
        expect(Number.isSafeInteger(parseTime('--since', text, 0))).toBe(true);
      } catch (thrown) {
        expect(ChatError.from(thrown).code).toBe('usage');
      }
    }),
  );
});

test.each([
  ['pass show chat', ['pass', 'show', 'chat']],
  [`gpg -d "my file.gpg"`, ['gpg', '-d', 'my file.gpg']],
  [`a 'b "c" \\d' e\\ f`, ['a', 'b "c" \\d', 'e f']],
  [`a "b \\"c\\"" ''`, ['a', 'b "c"', '']],
  ['echo $HOME *.txt | cat ; ~', ['echo', '$HOME', '*.txt', '|', 'cat', ';', '~']],
  ['--x="a b"c', ['--x=a bc']],
])('%s is split into words', (command, words) => {
  expect(splitCommand(command)).toEqual(words);
});

test.each([`a "b`, `a 'b`, `a \\`, '', '   '])('%j is a usage error', (command) => {
  expect(() => splitCommand(command)).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('words in single quotes are kept exactly', () => {
  const word = fc.string().filter((text) => !text.includes("'"));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      expect(splitCommand(words.map((text) => `'${text}'`).join(' '))).toEqual(words);
    }),
  );
});
