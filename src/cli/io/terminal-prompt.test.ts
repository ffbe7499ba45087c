import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text.js';
import { emptySecret, typeSecret, type SecretInput } from './terminal-prompt.js';

const type = (...chunks: string[]) => chunks.reduce<SecretInput>(typeSecret, emptySecret);

describe('a hidden answer', () => {
  test('ends with Enter and keeps the rest', () => {
    expect(type('qwe', 'rty\rnext')).toEqual({ text: 'qwerty', outcome: 'entered', rest: 'next' });
  });

  test('is cancelled by Ctrl+C, and by Ctrl+D only if it is empty', () => {
    expect(type('abc\u0003').outcome).toBe('cancelled');
    expect(type('\u0004').outcome).toBe('cancelled');
    expect(type('abc\u0004\r')).toMatchObject({ text: 'abc', outcome: 'entered' });
  });

  test('loses a whole character by Backspace and everything by Ctrl+U', () => {
    expect(type('a😀\u007f\r').text).toBe('a');
    expect(type('abc\u0015d\r').text).toBe('d');
    expect(type('\u007fa\r').text).toBe('a');
  });

  test('ignores keys that are not characters', () => {
    expect(type('a\u001b[A\u001bOP\u001b[1;5Cb\tc\r').text).toBe('abc');
  });

  test('never contains a control character', () => {
    fc.assert(
      fc.property(fc.array(anyText()), (chunks) => {
        expect(type(...chunks).text).not.toMatch(/[\u0000-\u001f\u007f]/);
      }),
    );
  });
});
