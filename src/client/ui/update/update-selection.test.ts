import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppDriver, message } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { contentType } from '../../../shared/message.js';
import { encodeText } from '../../../shared/text.js';
import { visibleRows } from '../conversation/visible-rows.js';
import { copyablesOf } from './update-selection.js';

const texts = Array.from({ length: 40 }, (_, index) => message(index + 1));
const bytes = new Uint8Array([1, 2, 3]);
const imageMessage = (sequence: number) => ({
  ...message(sequence),
  type: contentType.image,
  content: bytes,
});

/** The rows in view. */
function rows(driver: AppDriver): string[] {
  const { source, height } = driver.view;
  const { mode, reading } = driver.state;
  const selected = mode.type === 'selection' ? mode.key : undefined;
  return [...visibleRows(source, reading.viewport, height, { selected, stateOf: () => undefined }).rows];
}

/** The marked rows. */
function marked(driver: AppDriver): string[] {
  return rows(driver).filter((row) => row.startsWith('▌'));
}

function failedMessage(): AppDriver {
  const draft = { room: 0, id: 'mine', timestamp: 1, type: contentType.text, content: encodeText('lost') };
  const reason = new ChatError('message-refused', 'no');
  return new AppDriver()
    .connect([message(1)])
    .sessionEvents({ type: 'submit', draft }, { type: 'send-failed', id: 'mine', reason });
}

describe('the selection', () => {
  test('Alt+Up selects the newest message in view, Up and Down move, Escape ends', () => {
    const driver = new AppDriver().connect(texts).type('draft').keys('alt+up');
    expect(marked(driver)).toEqual([expect.stringContaining('message 40')]);
    expect(marked(driver.keys('up', 'up'))).toEqual([expect.stringContaining('message 38')]);
    expect(marked(driver.keys('down'))).toEqual([expect.stringContaining('message 39')]);
    expect(marked(driver.keys('escape'))).toEqual([]);
    expect(driver.draft).toBe('draft');
  });

  test('the view follows the selection, which stops at both ends', () => {
    const driver = new AppDriver().connect(texts).keys('alt+up');
    for (let index = 0; index < 30; index++) driver.keys('up');
    expect(marked(driver)).toEqual([expect.stringContaining('message 10')]);
    driver.keys('home', 'up');
    expect(marked(driver)).toEqual([expect.stringContaining('message 1')]);
    driver.keys('end', 'down');
    expect(marked(driver)).toEqual([expect.stringContaining('message 40')]);
    expect(driver.state.reading.viewport).toEqual({ type: 'newest' });
    expect(marked(driver.keys('pageup', 'pageup'))).toHaveLength(1);
  });

  test('Alt+Up in a view that is scrolled up selects its last message', () => {
    const driver = new AppDriver().connect(texts).keys('pageup', 'alt+up');
    expect(marked(driver)).toEqual([rows(driver).at(-1)]);
  });

  test('typing ends the selection and edits the draft', () => {
    const driver = new AppDriver().connect(texts).keys('alt+up').type('h').type('i');
    expect(driver.state.mode.type).toBe('conversation');
    expect(driver.draft).toBe('hi');
  });

  test('Ctrl+C ends the selection and keeps the draft', () => {
    const driver = new AppDriver().connect(texts).type('draft').keys('alt+up', 'ctrl+c');
    expect(driver.state.mode.type).toBe('conversation');
    expect(driver.draft).toBe('draft');
  });

  test('o opens and s saves the image of the message', () => {
    const driver = new AppDriver()
      .connect([message(1), imageMessage(2)])
      .keys('alt+up')
      .type('o')
      .type('s');
    expect(driver.asked('open-image')).toEqual([{ type: 'open-image', number: 2, content: bytes }]);
    expect(driver.asked('save-image')).toEqual([
      { type: 'save-image', number: 2, content: bytes, path: undefined },
    ]);
    driver.keys('up').type('o');
    expect(driver.asked('open-image')).toHaveLength(1);
    expect(driver.notice).toBe('This message has no image.');
  });

  test('r resends only the selected failed message', () => {
    const driver = failedMessage().keys('alt+up').type('r');
    expect(driver.asked('resend')).toEqual([{ type: 'resend', key: 'mine' }]);
    driver.keys('up').type('r');
    expect(driver.asked('resend')).toHaveLength(1);
    expect(driver.notice).toBe('This server has no replies.');
  });

  test('y copies the text, then its links and code blocks, then the text again', () => {
    const text = 'see https://a.example\n```\nmake\n```';
    const driver = new AppDriver().connect([message(1, 'user2', text), message(2)]).keys('alt+up', 'up');
    driver.type('y').type('y').type('y').type('y');
    expect(driver.asked('copy')).toEqual([
      { type: 'copy', text, what: 'the text', next: 'https://a.example' },
      { type: 'copy', text: 'https://a.example', what: 'https://a.example', next: 'the code block' },
      { type: 'copy', text: 'make', what: 'the code block', next: 'the text' },
      { type: 'copy', text, what: 'the text', next: 'https://a.example' },
    ]);
    expect(driver.draft).toBe('');
    driver.keys('down').type('y');
    expect(driver.asked('copy').at(-1)).toMatchObject({ text: 'message 2', next: undefined });
  });

  test('an image has no text to copy', () => {
    const driver = new AppDriver()
      .connect([imageMessage(1)])
      .keys('alt+up')
      .type('y');
    expect(driver.asked('copy')).toEqual([]);
    expect(driver.state.notice).toBe('This message has no text to copy.');
  });

  test('Alt+Up in an empty room shows a notice', () => {
    const driver = new AppDriver().connect().keys('alt+up');
    expect(driver.notice).toBe('There is no message to select.');
  });
});

describe('/open and /save', () => {
  const command = (text: string) =>
    new AppDriver()
      .connect([imageMessage(7), message(8)])
      .type(text)
      .keys('enter');

  test.each([
    ['/save 7', undefined],
    ['/save #7 ~/my pictures/run.png', '~/my pictures/run.png'],
    ['/save', undefined],
    ['/save run.png', 'run.png'],
  ])('%s saves the image', (text, path) => {
    expect(command(text).asked('save-image')).toEqual([
      { type: 'save-image', number: 7, content: bytes, path, command: { text, room: 0 } },
    ]);
  });

  test.each(['/open 7', '/open #7', '/open'])('%s opens the image', (text) => {
    expect(command(text).asked('open-image')).toHaveLength(1);
  });

  test('a missing image is reported, and the draft stays', () => {
    const driver = command('/open 8');
    expect(driver.notice).toBe('There is no image 8 here.');
    expect(driver.draft).toBe('/open 8');
    expect(command('/open seven').notice).toBe('Usage: /open [N]');
  });
});

describe('/images', () => {
  test('sets a mode, or reports the current one', () => {
    const driver = new AppDriver()
      .connect()
      .type('/images sixel')
      .keys('enter')
      .type('/images')
      .keys('enter');
    expect(driver.asked('choose-images').map(({ mode }) => mode)).toEqual(['sixel', undefined]);
  });

  test('an unknown mode is rejected with the list of modes', () => {
    const driver = new AppDriver().connect().type('/images vga').keys('enter');
    expect(driver.notice).toBe('/images takes one of auto, kitty, iterm2, sixel, blocks, off.');
  });
});

const textsOf = (text: string) => copyablesOf(text).map((each) => each.text);

test('a plain text can be copied as a whole', () => {
  expect(copyablesOf('hello\n\tworld')).toEqual([{ what: 'the text', text: 'hello\n\tworld' }]);
});

test('links follow without the punctuation around them, each once', () => {
  const text = 'see https://a.example/x, (http://b.example/y(1)) or https://a.example/x.';
  expect(textsOf(text)).toEqual([text, 'https://a.example/x', 'http://b.example/y(1)']);
  expect(textsOf('(see https://a.example/x).')[1]).toBe('https://a.example/x');
  expect(textsOf('see https://a.example/Köln.')[1]).toBe('https://a.example/Köln');
  expect(textsOf(' https://a.example ')).toEqual([' https://a.example ']);
});

test('code blocks follow, without their fences', () => {
  const text = 'do\n```sh\nmake\n\tall\n```\nor\n~~~\nmore\n~~~';
  expect(copyablesOf(text).slice(1)).toEqual([
    { what: 'code block 1', text: 'make\n\tall' },
    { what: 'code block 2', text: 'more' },
  ]);
  expect(textsOf('```\nnever closed')).toEqual(['```\nnever closed', 'never closed']);
  expect(textsOf('```\n```')).toHaveLength(1);
});

test('escape sequences and hidden characters are not copied', () => {
  expect(textsOf('ls\x1b[2J\u202e\x07; echo\r')).toEqual(['ls; echo\n']);
});

test('whatever the text is, what is copied has no control characters but line ends and tabs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('```', '\n', '\t', '\x1b]52;c;', '\x07', 'https://', '(', 'a', ' '), {
        maxLength: 40,
      }),
      (parts) => {
        for (const text of textsOf(parts.join(''))) expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      },
    ),
  );
});
