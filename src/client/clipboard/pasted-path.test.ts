import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pathReadings, pathSpellings, fileOfUri, filesOfUriList } from './pasted-path.js';

const home = '/home/me';

describe('one dropped file', () => {
  test.each([
    ['raw', '/tmp/a.png'],
    ['raw, with spaces', '/tmp/my cat.png'],
    ['in single quotes', "'/tmp/my cat.png'"],
    ['in single quotes, with one inside', `'/tmp/my cat'\\''s.png'`],
    ['in double quotes', '"/tmp/my cat.png"'],
    ['with backslashes', '/tmp/my\\ cat\\ \\(1\\).png'],
    ['as a URI', 'file:///tmp/my%20cat.png'],
    ['under the home directory', '~/my cat.png'],
    ['followed by a space and a line end', '/tmp/a.png \n'],
  ])('%s', (_, text) => {
    const expected = [
      '/tmp/a.png',
      '/tmp/my cat.png',
      "/tmp/my cat's.png",
      '/tmp/my cat (1).png',
      '/home/me/my cat.png',
    ];
    const readings = pathReadings(text, home);
    expect(readings.some(([path, ...more]) => more.length === 0 && expected.includes(path ?? ''))).toBe(true);
  });

  test('a Windows path in quotes keeps its backslashes', () => {
    expect(pathReadings('"C:\\Users\\me\\my cat.png"', home)).toContainEqual(['C:\\Users\\me\\my cat.png']);
  });
});

test('the literal reading comes first', () => {
  expect(pathReadings('/tmp/a\\ b.png', home)[0]).toEqual(['/tmp/a\\ b.png']);
  expect(pathReadings('/tmp/a /tmp/b', home)).toEqual([['/tmp/a /tmp/b'], ['/tmp/a', '/tmp/b']]);
});

test('a text that is not a path has no reading', () => {
  const texts = [
    '',
    ' ',
    'hello',
    'and/or',
    '/',
    '// a comment',
    './a.png',
    '~me/a.png',
    '\\\\host\\share\\a.png',
    '//host/share/a.png',
    'file://host/share/a.png',
    '/tmp/\x1b[2Ja.png',
    '/tmp/a\0.png',
    `/${'a'.repeat(20_000)}`,
    'see /tmp/a.png',
  ];
  for (const text of texts) expect(pathReadings(text, home)).toEqual([]);
});

test('lines that are not all paths are text', () => {
  expect(pathReadings('/tmp/a.png\nis what I meant', home)).toEqual([]);
});

test('a macOS screenshot has spellings with both kinds of space before PM', () => {
  const [raw, narrow] = ['/d/Screenshot at 3.07.11 PM.png', '/d/Screenshot at 3.07.11\u202fPM.png'];
  expect(pathSpellings(raw)).toEqual([raw, narrow]);
  expect(pathSpellings(narrow)).toEqual([narrow, raw]);
  expect(pathSpellings('/d/a b.png')).toEqual(['/d/a b.png']);
});

describe('the readings of a pasted text', () => {
  const anyPath = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map((name) => `/${name}`)
    .filter((each) => each.trim() === each && !/[\0-\x1f\x7f]|^\/\/|^\/$/.test(each) && !each.includes('..'));
  const quoted = (each: string) => `'${each.replaceAll("'", "'\\''")}'`;
  const escaped = (each: string) => each.replace(/[^\w/.-]/gu, (character) => `\\${character}`);
  const uri = (each: string) => pathToFileURL(each).href;
  const raw = (each: string) => each;
  /** URIs have no `//` and no `/./`. */
  const expected = (each: string, write: typeof raw) => (write === uri ? fileURLToPath(uri(each)) : each);

  test('contain any file name in every spelling', () => {
    fc.assert(
      fc.property(anyPath, fc.constantFrom(raw, quoted, escaped, uri), (each, write) => {
        expect(pathReadings(write(each), home)).toContainEqual([expected(each, write)]);
      }),
    );
  });

  test('contain several file names on a line', () => {
    const several = fc.array(anyPath, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(several, fc.constantFrom(quoted, escaped, uri), (paths, write) => {
        const readings = pathReadings(paths.map(write).join(' '), home);
        expect(readings).toContainEqual(paths.map((each) => expected(each, write)));
      }),
    );
  });

  test('are never empty lists, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('/', '"/', "'/", '~/', 'file:/'), (text, start) => {
        for (const reading of pathReadings(start + text, home)) expect(reading.length).toBeGreaterThan(0);
      }),
    );
  });
});

test('a list of copied files gives their paths, without comments and other URIs', () => {
  const list =
    '# copied\r\nfile:///home/a/my%20cat.png\r\nhttps://example.org/x.png\r\nfile://localhost/b.jpg\r\n';
  expect(filesOfUriList(list)).toEqual(['/home/a/my cat.png', '/b.jpg']);
});

test("GNOME's format starts with an action", () => {
  expect(filesOfUriList('copy\nfile:///a.png\nfile:///b.png')).toEqual(['/a.png', '/b.png']);
});

test('another host, an encoded slash and an invalid encoding give no file', () => {
  for (const uri of [
    'file://evil.example/share/a.png',
    'file:////evil.example/share/a.png',
    'file:///a%2Fb.png',
    'file:///%ff.png',
    'file:///%00.png',
    'file:a.png',
    '/a.png',
  ]) {
    expect(fileOfUri(uri)).toBeUndefined();
  }
});

test('a list has at most 100 files', () => {
  expect(filesOfUriList('file:///a.png\n'.repeat(10_000))).toHaveLength(100);
});

test('every path is restored from its URI', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((each) => !/[\0/]|^\.\.?$/.test(each));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
      const path = `/${names.join('/')}`;
      expect(fileOfUri(pathToFileURL(path).href)).toBe(path);
    }),
  );
});
