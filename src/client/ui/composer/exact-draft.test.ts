import { describe, expect, test } from '@jest/globals';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { oddTexts } from '../../../../test/support/odd-texts.js';

const leftOut = 'Control characters were removed: a message cannot contain them.';

/** Raises the low limit of the test server. */
function writer(): AppDriver {
  return new AppDriver().connect([message(1, 'anna')]);
}

const paste = (text: string) => writer().input({ type: 'paste', text });

describe.each(oddTexts)('a text with %s', (_, text) => {
  test('is sent exactly as pasted', () => {
    expect(paste(text).keys('enter').submitted()).toEqual([text]);
  });

  test('is sent exactly as typed', () => {
    const typed = writer();
    for (const part of text.split(/(\t)/)) {
      if (part === '\t') typed.input({ type: 'paste', text: part });
      else if (part !== '') typed.type(part);
    }
    expect(typed.keys('enter').submitted()).toEqual([text]);
  });

  test('is sent exactly as in the clipboard', () => {
    const driver = writer().send({ type: 'clipboard-read', content: { type: 'text', text } });
    expect(driver.keys('enter').submitted()).toEqual([text]);
  });

  test('is unchanged by the external editor', () => {
    const driver = paste(text).keys('ctrl+x', 'ctrl+e');
    expect(driver.asked('edit-draft')).toEqual([{ type: 'edit-draft', text }]);
    driver.send({ type: 'draft-edited', text: `${text}${text}` });
    expect(driver.keys('enter').submitted()).toEqual([text + text]);
  });

  test('is unchanged by Up, Ctrl+R, Ctrl+C, a cut, and undo', () => {
    expect(paste(text).keys('enter', 'up').draft).toBe(text);
    expect(paste(text).keys('ctrl+c', 'up').draft).toBe(text);
    // A letter with marks is a different letter.
    const query = /[a-z](?!\p{M})/iu.exec(text)?.[0] ?? '';
    expect(paste(text).keys('enter', 'ctrl+r').type(query).keys('enter').draft).toBe(text);
    expect(paste(text).keys('ctrl+u', 'ctrl+y').draft).toBe(text);
    expect(paste(text).keys('ctrl+u', 'ctrl+_').draft).toBe(text);
  });

  test('is unchanged by /me and by the completion of a name after it', () => {
    expect(writer().type('/me ').input({ type: 'paste', text }).keys('enter').submitted()).toEqual([
      `* user1 ${text}`,
    ]);
    expect(paste(`${text} an`).keys('tab').draft).toBe(`${text} anna `);
  });
});

describe('line breaks', () => {
  test('from the external editor and the clipboard are unchanged', () => {
    const edited = writer().send({ type: 'draft-edited', text: 'one\r\ntwo\rthree' });
    expect(edited.keys('enter').submitted()).toEqual(['one\r\ntwo\rthree']);
    const content = { type: 'text', text: 'one\r\ntwo\r\n' } as const;
    const pasted = writer().send({ type: 'clipboard-read', content });
    expect(pasted.keys('enter').submitted()).toEqual(['one\r\ntwo']);
  });
});

describe('characters that a message cannot contain', () => {
  test.each([
    ['\u001b[31mred\u001b[m', 'red'],
    ['a\u0000b\u0007c', 'abc'],
    ['a\u000bb\u000cc', 'abc'],
    ['a\u0085b\u009b2Jc', 'abc'],
    ['a\u007fb', 'ab'],
  ])('are removed, with a notice, from a paste, the clipboard and an edited draft: %j', (text, kept) => {
    const pasted = paste(text);
    const read = writer().send({ type: 'clipboard-read', content: { type: 'text', text } });
    const edited = writer().send({ type: 'draft-edited', text });
    for (const driver of [pasted, read, edited]) {
      expect([driver.draft, driver.notice]).toEqual([kept, leftOut]);
    }
  });

  test('are reported together with the length of a paste', () => {
    const { notice } = paste(`${'line\n'.repeat(12)}\u0007`);
    expect(notice).toBe(`Pasted 12 lines: Enter sends them as one message, Ctrl+C clears. ${leftOut}`);
  });

  test('are reported if they replace bytes that are not UTF-8', () => {
    const driver = writer().send({ type: 'draft-edited', text: 'caf\ufffd' });
    expect([driver.draft, driver.notice]).toEqual([
      'caf\ufffd',
      'Bytes that are not UTF-8 were replaced by \ufffd.',
    ]);
  });
});

test('a search queries the text exactly as typed', () => {
  const driver = writer().sessionEvents({ type: 'online', names: ['user1'] });
  driver.keys('ctrl+f').type('a\u200bb').keys('enter');
  expect(driver.asked('search')).toEqual([{ type: 'search', text: 'a\u200bb', room: 0 }]);
});
