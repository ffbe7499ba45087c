import { expect, test } from '@jest/globals';
import { AppDriver } from '../../../../test/support/app-driver.js';
import type { Attachment } from '../../images/decode/prepare-image.js';
import type { TemporaryFile } from '../../system/private-file.js';

const attachment: Attachment = { png: new Uint8Array(500), width: 60, height: 40, scaled: false };
/** An image from the clipboard. */
const file: TemporaryFile = { path: '/tmp/image', remove: () => Promise.resolve() };

test('an empty paste reads the clipboard, as Ctrl+V and Alt+V do', () => {
  const inputs: ((driver: AppDriver) => AppDriver)[] = [
    (driver) => driver.input({ type: 'paste', text: '' }),
    (driver) => driver.keys('ctrl+v'),
    (driver) => driver.keys('alt+v'),
    (driver) => driver.type('/paste').keys('enter'),
  ];
  for (const ask of inputs) {
    expect(ask(new AppDriver().connect()).effects.at(-1)).toMatchObject({ type: 'read-clipboard' });
  }
});

test('a repeated key reads the clipboard again only after the first result', () => {
  const driver = new AppDriver().connect().keys('ctrl+v', 'ctrl+v', 'ctrl+v');
  const asked = () => driver.effects.filter(({ type }) => type === 'read-clipboard').length;
  expect(asked()).toBe(1);
  expect(driver.notice).toBe('One moment: the clipboard is being read.');
  driver.send({ type: 'clipboard-read', room: 0, content: { type: 'text', text: 'words' } });
  expect(driver.notice).toBeUndefined();
  driver.keys('ctrl+v');
  expect(asked()).toBe(2);
});

test('Enter waits for the clipboard, whose image is sent with the text', () => {
  const driver = new AppDriver().connect().type('look').keys('ctrl+v', 'enter');
  expect(driver.submitted()).toEqual([]);
  expect(driver.notice).toBe('One moment: the clipboard is being read.');
  driver.send({ type: 'clipboard-read', room: 0, content: { type: 'nothing', reason: { kind: 'empty' } } });
  expect(driver.notice).toBe('The clipboard is empty.');
  expect(driver.keys('enter').submitted()).toEqual(['look']);
});

test('a draft has at most five images, and a sixth is rejected with a notice', () => {
  const driver = new AppDriver().connect();
  driver.send({
    type: 'clipboard-read',
    room: 0,
    content: { type: 'files', paths: ['1', '2', '3', '4', '5', '6'] },
  });
  expect(driver.effects.filter(({ type }) => type === 'prepare-attachment')).toHaveLength(5);
  expect(driver.notice).toBe('At most 5 images can be sent together.');
  driver.send({ type: 'clipboard-read', room: 0, content: { type: 'image', file } });
  expect(driver.effects.at(-1)).toEqual({ type: 'remove-file', file });
});

test('Enter waits for an image that is being prepared', () => {
  const driver = new AppDriver().connect().type('look');
  driver.send({ type: 'clipboard-read', room: 0, content: { type: 'image', file } }).keys('enter');
  expect(driver.submitted()).toEqual([]);
  driver.send({ type: 'attachment-ready', room: 0, attachment, name: 'cat.png' }).keys('enter');
  expect(driver.submitted()).toEqual(['image', 'look']);
});

test('a failed image leaves the draft unchanged and shows the reason', () => {
  const driver = new AppDriver().connect().type('look');
  driver.send({ type: 'clipboard-read', room: 0, content: { type: 'image', file } });
  driver.send({ type: 'attachment-failed', room: 0, reason: 'not an image\u001b[2J' });
  expect(driver.notice).toBe('not an image');
  expect(driver.state.composer.preparing).toBe(0);
});
