import { describe, expect, test } from '@jest/globals';
import { AppDriver } from '../../../../test/support/app-driver.js';
import { contentType } from '../../../shared/message.js';
import { encodeText } from '../../../shared/text.js';

function offline(...texts: readonly string[]): AppDriver {
  const driver = new AppDriver().connect();
  for (const text of texts) submit(driver, text);
  return driver;
}

function submit(driver: AppDriver, id: string): void {
  const draft = { room: 0, id, timestamp: 1, type: contentType.text, content: encodeText(id) };
  driver.sessionEvents({ type: 'submit', draft });
}

describe('quitting with pending messages', () => {
  test.each([
    ['Ctrl+D', (driver: AppDriver) => driver.keys('ctrl+d')],
    ['/quit', (driver: AppDriver) => driver.type('/quit').keys('enter')],
  ])('%s asks once', (_, leave) => {
    const driver = leave(offline('one', 'two'));
    expect(driver.asked('quit')).toEqual([]);
    expect(driver.notice).toBe('2 messages are not sent yet. Quit again to leave without sending.');
    expect(leave(driver).asked('quit')).toHaveLength(1);
  });

  test('asks again for newer messages', () => {
    const driver = offline('one').keys('ctrl+d');
    submit(driver, 'two');
    expect(driver.keys('ctrl+d').asked('quit')).toEqual([]);
  });

  test('a first Ctrl+C shows their number, a second one quits', () => {
    const driver = offline('one').keys('ctrl+c');
    expect(driver.notice).toBe('press Ctrl+C again to quit. 1 message is not sent yet');
    expect(driver.keys('ctrl+c').asked('quit')).toHaveLength(1);
  });

  test('asks nothing once all are delivered', () => {
    const driver = offline('one').sessionEvents({ type: 'sent', id: 'one', sent: { sequence: 1 } });
    expect(driver.keys('ctrl+d').asked('quit')).toHaveLength(1);
  });
});
