import { expect, test } from '@jest/globals';
import { AppDriver } from '../../../../test/support/app-driver.js';
import { helpRows } from './help.js';

test('a text dialog stops at its last page, and scrolls up from there immediately', () => {
  const driver = new AppDriver().connect().keys('f1');
  driver.keys(...Array<string>(200).fill('down'));
  const { mode } = driver.state;
  const bottom = mode.type === 'help' ? mode.top : 0;
  expect(bottom).toBe(helpRows(driver.view.width - 1).length - driver.view.height);
  expect(driver.keys('pagedown').state.mode).toMatchObject({ top: bottom });
  expect(driver.keys('up').state.mode).toMatchObject({ top: bottom - 1 });
});
