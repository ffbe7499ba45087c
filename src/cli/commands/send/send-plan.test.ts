import { describe, expect, test } from '@jest/globals';
import { planSending } from './send-plan.js';

const terminal = true;
const pipe = false;

describe('what send sends', () => {
  test('the words are joined by spaces, whatever stdin is', () => {
    const text = { from: 'words', text: 'build  42 failed' };
    expect(planSending(['build ', '42', 'failed'], {}, pipe)).toEqual({ images: [], clipboard: false, text });
    expect(planSending(['build ', '42', 'failed'], {}, terminal)).toEqual({
      images: [],
      clipboard: false,
      text,
    });
  });

  test('stdin is read for - and where there is nothing else', () => {
    expect(planSending([], {}, pipe).text).toEqual({ from: 'stdin' });
    expect(planSending(['-'], {}, terminal).text).toEqual({ from: 'stdin' });
    expect(planSending(['-'], { image: ['a.png'] }, pipe)).toEqual({
      images: ['a.png'],
      clipboard: false,
      text: { from: 'stdin' },
    });
  });

  test('stdin is left alone where there is an image: it may never end', () => {
    expect(planSending([], { image: ['a.png', 'b.png'] }, pipe)).toEqual({
      images: ['a.png', 'b.png'],
      clipboard: false,
      text: { from: 'nowhere' },
    });
  });

  test('stdin is left alone where the clipboard is sent', () => {
    expect(planSending([], { clipboard: true }, pipe)).toEqual({
      images: [],
      clipboard: true,
      text: { from: 'nowhere' },
    });
    expect(planSending(['look'], { clipboard: true }, terminal).text).toEqual({
      from: 'words',
      text: 'look',
    });
  });

  test('--lines reads stdin line by line', () => {
    expect(planSending([], { lines: true }, pipe).text).toEqual({ from: 'lines' });
    expect(planSending(['-'], { lines: true }, pipe).text).toEqual({ from: 'lines' });
  });

  test.each([
    ['nothing, on a terminal', [], {}, terminal],
    ['an empty text', [''], {}, pipe],
    ['- among words', ['-', 'x'], {}, pipe],
    ['stdin as image and text', ['-'], { image: ['-'] }, pipe],
    ['stdin as two images', [], { image: ['-', '-'] }, pipe],
    ['stdin as image and lines', [], { image: ['-'], lines: true }, pipe],
    ['--lines with words', ['x'], { lines: true }, pipe],
  ])('%s is a usage error', (_, words, flags, stdinIsTerminal) => {
    expect(() => planSending(words, flags, stdinIsTerminal)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
