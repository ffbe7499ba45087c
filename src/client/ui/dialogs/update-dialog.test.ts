import { expect, test } from '@jest/globals';
import { AppDriver } from '../../../../test/support/app-driver.js';

test('an overlay of text stops at its last page, and goes up from there at once', () => {
  const driver = new AppDriver().connect().keys('f1');
  driver.keys(...Array<string>(200).fill('down'));
  const { overlay } = driver.state;
  const bottom = overlay?.type === 'help' ? overlay.top : 0;
  expect(bottom).toBeGreaterThan(10);
  expect(bottom).toBeLessThan(100);
  expect(driver.keys('pagedown').state.overlay).toMatchObject({ top: bottom });
  expect(driver.keys('up').state.overlay).toMatchObject({ top: bottom - 1 });
});
