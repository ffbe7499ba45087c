import { describe, expect, test } from '@jest/globals';
import { AppDriver } from '../../../../test/support/app-driver.js';

/** A user who has sent these texts and is writing `a draft`. */
function writer(): AppDriver {
  const driver = new AppDriver().connect();
  for (const text of ['deploy to staging', 'lunch?', 'Deploy to production']) {
    driver.type(text).keys('enter');
  }
  return driver.type('a draft');
}

describe('Ctrl+R', () => {
  test('finds the newest entry that contains the text, in any case, then older ones', () => {
    const driver = writer().keys('ctrl+r').type('depl');
    expect(driver.draft).toBe('Deploy to production');
    expect(driver.keys('ctrl+r').draft).toBe('deploy to staging');
  });

  test('Enter makes the found entry the draft and sends nothing', () => {
    const driver = writer().keys('ctrl+r').type('lun').keys('enter');
    expect(driver.submitted()).toHaveLength(3);
    expect(driver.keys('enter').submitted().at(-1)).toBe('lunch?');
  });

  test('Escape restores the draft', () => {
    expect(writer().keys('ctrl+r').type('lun').keys('escape').draft).toBe('a draft');
  });

  test('Backspace widens the search; without a match the last entry stays', () => {
    const driver = writer().keys('ctrl+r').type('lunx');
    expect(driver.state.mode).toMatchObject({ type: 'history-search', found: false });
    expect(driver.keys('backspace', 'backspace', 'backspace', 'backspace').type('stag').draft).toBe(
      'deploy to staging',
    );
  });

  test('any other key ends the search and has its usual effect', () => {
    const driver = writer().keys('ctrl+r').type('lunch').keys('end').type('!');
    expect(driver.draft).toBe('lunch?!');
  });
});
