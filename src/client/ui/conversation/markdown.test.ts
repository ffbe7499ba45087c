import process from 'node:process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { unknownColours } from '../../terminal/colour/terminal-colours.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { themeFor } from '../theme/theme.js';
import { parseMarkdown, parsePlain, type Span, type TextLine } from './markdown.js';
import { textRows } from './message-text.js';

/** A line in a notation of its own: `b(bold)`, `i(italic)`, `c(code)`, `l(link)`, without markers. */
function shown(text: string): string {
  return parseMarkdown(text)
    .map(({ spans }) =>
      spans
        .filter(({ isMarker }) => !isMarker)
        .map(notation)
        .join(''),
    )
    .join('\n');
}

function notation({ text, bold, italic, code, link }: Span): string {
  const styles = [bold && 'b', italic && 'i', code && 'c', link !== undefined && 'l']
    .filter(Boolean)
    .join('');
  return styles === '' ? text : `${styles}(${text})`;
}

const typed = (lines: readonly TextLine[]) =>
  lines.map(({ spans }) => spans.map(({ text }) => text).join('')).join('\n');

describe('inline formatting', () => {
  test.each([
    ['*one* and **two** words', 'b(one) and b(two) words'],
    ['_one_, (_two_).', 'i(one), (i(two)).'],
    ['**a _b_ c**', 'b(a )bi(b)b( c)'],
    ['**a *b* c**', 'b(a )b(b)b( c)'],
    ['run `rm *.o` now', 'run c(rm *.o) now'],
    ['``a ` b``', 'c(a ` b)'],
    ['*bold `code`*', 'b(bold )bc(code)'],
    ['*bold*, *again*!', 'b(bold), b(again)!'],
    ['"_quoted_"', '"i(quoted)"'],
    ['see https://a.example/x_y_z now', 'see l(https://a.example/x_y_z) now'],
    ['see https://a.example/(_x_) now', 'see l(https://a.example/(_x_)) now'],
    ['*a _b* c_', 'b(a )b(_)b(b) c_'],
    ['*https://a.example/*', 'bl(https://a.example/)'],
    ['`https://a.example/`', 'cl(https://a.example/)'],
  ])('%s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  test.each([
    'snake_case_name and another_one',
    '__init__ and __main__',
    '2*3*4 = 24',
    '2 * 3 * 4',
    '*.ts and *.js',
    'rm *.o src/*.o',
    'src/*/test/*_test.ts',
    'f(*args, **kwargs)',
    'a ** b ** c',
    '*/5 * * * *',
    'int *a, *b;',
    '*unbalanced',
    'unbalanced_',
    '`unbalanced',
    '**',
    '****',
    '***three***',
    '_ _',
    '* *',
    ':_) ^_^ >_< o_O',
    '*bold*text',
    'text*bold*',
    '/usr/lib/_x_/y',
    '# a heading',
    '[text](other)',
  ])('%s stays as it was typed', (text) => {
    expect(shown(text)).toBe(text);
  });
});

describe('lines', () => {
  const kinds = (text: string) => parseMarkdown(text).map(({ kind }) => kind);

  test('lists, quotes and code blocks are recognised', () => {
    expect(kinds('- one\n2. two\n  * three\n> quoted\n```ts\nconst *a* = 1;\n```\nend')).toEqual([
      'item',
      'item',
      'item',
      'quote',
      'fence',
      'code',
      'fence',
      'plain',
    ]);
  });

  test('a code block is not formatted, and shows its language', () => {
    expect(shown('```ts\n*a* `b` > c\n```')).toBe('ts\nc(*a* `b` > c)\n');
  });

  test.each([
    '```\nno end',
    '```\n```',
    '``` two words\nx\n```',
    '>_< no quote',
    '-no item',
    '1.5 is a number',
  ])('%j stays as it was typed', (text) => {
    expect(new Set(kinds(text))).toEqual(new Set(['plain']));
    expect(shown(text)).toBe(text);
  });

  test('a longer fence contains a shorter one', () => {
    expect(kinds('````\n```\nx\n```\n````')).toEqual(['fence', 'code', 'code', 'code', 'fence']);
  });
});

/** Texts with many markers. */
const marked = fc
  .array(
    fc.constantFrom(
      '*',
      '**',
      '_',
      '`',
      '```',
      '\n',
      ' ',
      '> ',
      '- ',
      '1. ',
      'a',
      'b_c',
      'https://a.b',
      '漢',
      '\u0301',
      '👩‍',
      '.',
      '(',
    ),
  )
  .map((parts) => parts.join(''));

test('no character is lost in any text', () => {
  fc.assert(
    fc.property(fc.oneof(anyText(), marked), (text) => {
      expect(typed(parseMarkdown(text))).toBe(text);
      expect(typed(parsePlain(text))).toBe(text);
    }),
    { numRuns: 500 },
  );
});

const look = {
  cells: 24,
  depth: 'truecolor',
  theme: themeFor(unknownColours, 'truecolor'),
  isFaint: false,
  mentions: /user1/giu,
  linkId: 'x',
} as const;

test('rows show every character but markers and blanks, and contain nothing that the sanitiser would remove', () => {
  fc.assert(
    fc.property(fc.oneof(anyText(), marked), fc.integer({ min: 2, max: 60 }), (text, cells) => {
      const lines = parseMarkdown(sanitiseText(text));
      const rows = textRows(lines, { ...look, cells }).map((row) =>
        row.text.replace(/\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\/g, ''),
      );
      const expected = lines.flatMap(({ kind, spans }) => [
        ...(kind === 'quote' ? ['│'] : []),
        ...spans.filter(({ isMarker }) => !isMarker).map((span) => span.text),
      ]);
      const withoutBlanks = (parts: readonly string[]) => parts.join('').replace(/[ \n│`*_>]/g, '');
      expect(withoutBlanks(rows)).toBe(withoutBlanks(expected));
      for (const row of rows) expect(sanitiseText(row)).toBe(row);
    }),
    { numRuns: 500 },
  );
});

test.each([
  '*a ',
  '_a* ',
  '`',
  '`` ` ',
  '*_',
  '```\n',
  '````\n```\n',
  '> - ',
  '**a **b** ',
  '(*(_',
  'https://',
  'https://a/)',
  'https://a.b/(((',
  '*`_`',
  ' ',
  'x\u0301*',
])('16 KiB of %j take less than a second of the processor', (part) => {
  const text = sanitiseText(part.repeat(Math.ceil(16_384 / part.length)));
  const start = process.cpuUsage();
  textRows(parseMarkdown(text), { ...look, mentions: undefined });
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(1000);
});

describe('rows', () => {
  const rows = (text: string, cells = 24) =>
    textRows(parseMarkdown(text), {
      ...look,
      cells,
      depth: 'none',
      mentions: undefined,
      linkId: undefined,
    }).map((row) => row.text.replace(/\x1b\[[\d;]*m/g, ''));

  test('of a list item are indented to its text, of a quote marked each', () => {
    expect(rows('- one two three four five six')).toEqual(['- one two three four', '  five six']);
    expect(rows('12. one two three four five')).toEqual(['12. one two three four', '    five']);
    expect(rows('> one two three four five six')).toEqual(['│ one two three four', '│ five six']);
  });

  test('of code keep every space and break where they are full, without an indent', () => {
    const code = `    if (a)  {${' x;'.repeat(8)} }`;
    const [, ...shownRows] = rows(`\`\`\`c\n${code}\n\`\`\``);
    expect(shownRows).toEqual([code.slice(0, 24), code.slice(24)]);
  });

  test('without colours show the backticks of code', () => {
    expect(rows('run `make`')).toEqual(['run `make`']);
  });

  test('style each part, also where a row breaks', () => {
    const bold = textRows(parseMarkdown('*one two three four five six* end'), {
      ...look,
      mentions: undefined,
    });
    expect(bold.map(({ text }) => text)).toEqual([
      '\x1b[1mone two three four five\x1b[m',
      '\x1b[1msix\x1b[m end',
    ]);
  });

  test('that are not sent yet, languages of code and the bars of quotes are fainter', () => {
    const theme = { ...look.theme, note: 'cyan', faint: 'white', line: 'brightBlack' } as const;
    const texts = (text: string, isFaint: boolean) =>
      textRows(parseMarkdown(text), { ...look, theme, isFaint }).map((row) => row.text);
    expect(texts('a `b`', true)).toEqual(['\x1b[37ma \x1b[m\x1b[37mb\x1b[m']);
    expect(texts('a `b`', false)).toEqual(['a \x1b[36mb\x1b[m']);
    expect(texts('```ts\nx\n```', false)).toEqual(['\x1b[37mts\x1b[m', '\x1b[36mx\x1b[m']);
    expect(texts('> a', false)).toEqual(['\x1b[90m│ \x1b[ma']);
  });

  test('highlight a mention inside other formatting', () => {
    const [row] = textRows(parseMarkdown('_dear user1_'), look);
    expect(row?.text).toBe('\x1b[3mdear \x1b[m\x1b[1;3;7muser1\x1b[m');
  });

  test('of a long URL are parts of one hyperlink, and two URLs are two', () => {
    const url = `https://a.example/${'x'.repeat(20)}`;
    const parts = textRows(parseMarkdown(`${url}\n${url}`), look).map(({ text }) => text);
    const link = (id: string, part: string) =>
      `\x1b]8;id=${id};${url}\x1b\\\x1b[4m${part}\x1b[m\x1b]8;;\x1b\\`;
    expect(parts).toEqual([
      link('x-1', url.slice(0, 24)),
      link('x-1', url.slice(24)),
      link('x-2', url.slice(0, 24)),
      link('x-2', url.slice(24)),
    ]);
  });
});
