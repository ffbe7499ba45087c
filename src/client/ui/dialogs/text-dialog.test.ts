import { expect, test } from '@jest/globals';
import { AppDriver } from '../../../../test/support/app-driver.js';

test('a dialog of text stops at its last page, and goes up from there at once', () => {
  const driver = new AppDriver().connect().keys('f1');
  driver.keys(...Array<string>(200).fill('down'));
  const { mode } = driver.state;
  const bottom = mode.type === 'help' ? mode.top : 0;
  expect(bottom).toBeGreaterThan(10);
  expect(bottom).toBeLessThan(100);
  expect(driver.keys('pagedown').state.mode).toMatchObject({ top: bottom });
  expect(driver.keys('up').state.mode).toMatchObject({ top: bottom - 1 });
});
