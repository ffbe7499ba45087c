import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fileOfUri, filesOfUriList } from './uri-list.js';

test('a list of copied files gives their paths, comments and other addresses left out', () => {
  const list =
    '# copied\r\nfile:///home/a/my%20cat.png\r\nhttps://example.org/x.png\r\nfile://localhost/b.jpg\r\n';
  expect(filesOfUriList(list)).toEqual(['/home/a/my cat.png', '/b.jpg']);
});

test("GNOME's kind of list starts with what was done", () => {
  expect(filesOfUriList('copy\nfile:///a.png\nfile:///b.png')).toEqual(['/a.png', '/b.png']);
});

test('a file of another host, a hidden slash and a broken encoding are no files', () => {
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

test('the list is bounded', () => {
  expect(filesOfUriList('file:///a.png\n'.repeat(10_000))).toHaveLength(100);
});

test('every path survives its way through a URI', () => {
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
