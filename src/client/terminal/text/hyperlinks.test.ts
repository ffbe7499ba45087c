import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { parseRow } from '../screen/row-cells.js';
import { canWriteLinks, findLinks, linkEnd, linkStart } from './hyperlinks.js';

const urls = (text: string) => findLinks(text).map(({ url }) => url);

describe('URLs in a text', () => {
  test.each([
    ['see https://a.example/path?q=1#x, please', 'https://a.example/path?q=1#x'],
    ['(https://a.example/wiki/Foo_(bar))', 'https://a.example/wiki/Foo_(bar)'],
    ['<http://a.example:8080/>', 'http://a.example:8080/'],
    ['HTTPS://A.example.', 'HTTPS://A.example'],
    ['http://[::1]:80/x', 'http://[::1]:80/x'],
    ['https://a.example/@user', 'https://a.example/@user'],
    ['mailto:anna@a.example?subject=x!', 'mailto:anna@a.example?subject=x'],
    ['看https://a.example/x，好', 'https://a.example/x'],
    ['_https://a.example/x_', 'https://a.example/x'],
  ])('%s', (text, url) => {
    expect(urls(text)).toEqual([url]);
  });

  test.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ssh://host',
    'xhttps://a.example',
    'https://',
    'https://bank.example@evil.example/',
    'https://user:password@a.example/',
    'https://xn--@evil.example',
    'https://аpple.example/',
    'https://a.example/\u0430',
    'mailto:nobody',
    `https://a.example/${'x'.repeat(2083)}`,
  ])('%s is no link', (text) => {
    expect(urls(text)).toEqual([]);
  });

  test('are what the text says, printable ASCII without a byte that could end the sequence', () => {
    const near = fc
      .array(
        fc.oneof(
          anyText(),
          fc.constantFrom('https://', 'http://', 'mailto:', 'a.b', '/', '@', ';', '\x1b\\', '\x07'),
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(near, (text) => {
        for (const { start, url } of findLinks(text)) {
          expect(text.slice(start, start + url.length)).toBe(url);
          expect(url).toMatch(/^(?:https?:\/\/|mailto:)[\x21-\x7e]+$/i);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a row of the screen', () => {
  const linksOf = (source: string) => parseRow(source, 40).cells.map(({ link }) => link);

  test('takes a hyperlink', () => {
    const row = `a${linkStart('https://a.example/;x', 'i-1')}b${linkEnd}c`;
    expect(linksOf(row)).toEqual(['', 'id=i-1;https://a.example/;x', '']);
  });

  test.each([
    'id=1;javascript:alert(1)',
    'id=1;file:///etc/passwd',
    ';https://a.example',
    'id=1:x=y;https://a.example',
    'id=1;https://a.example/ x',
    'id=1;https://a.example/\u00e9',
  ])('takes no hyperlink of the body %j', (body) => {
    expect(new Set(linksOf(`\x1b]8;${body}\x1b\\b`))).toEqual(new Set(['']));
  });
});

test.each([
  [{ TERM: 'xterm-256color' }, true],
  [{ TERM: 'tmux-256color' }, true],
  [{}, true],
  [{ TERM: 'eterm-color' }, false],
  [{ TERM: 'linux' }, false],
  [{ TERM: 'xterm-256color', VTE_VERSION: '5000' }, false],
  [{ TERM: 'xterm-256color', VTE_VERSION: '7600' }, true],
  [{ TERM: 'xterm-256color', FORCE_HYPERLINK: '0' }, false],
  [{ TERM: 'linux', FORCE_HYPERLINK: '1' }, true],
])('%j: hyperlinks %s', (env, expected) => {
  expect(canWriteLinks(env)).toBe(expected);
});
