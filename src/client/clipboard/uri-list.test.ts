import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fileOfUri, filesOfUriList } from './uri-list.js';

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
