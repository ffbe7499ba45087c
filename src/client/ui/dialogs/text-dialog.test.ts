import { expect, test } from '@jest/globals';
import { AppDriver, ops, roomNamed } from '../../../../test/support/app-driver.js';
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

test('/names follows who comes online, and loads the list again for a new member', () => {
  const room = roomNamed(ops, 'ops', { memberCount: 2 });
  const driver = new AppDriver().connectWithRooms(room).keys('ctrl+n').type('/names').keys('enter');
  const member = (name: string) => ({ name, role: 0, online: name === 'ben' });
  const members = [member('anna'), member('ben')];
  driver.send({ type: 'members-listed', room: ops, members, end: 'complete' });
  const shown = () =>
    driver.state.mode.type === 'members'
      ? driver.state.mode.members.map(({ name, online }) => (online ? `${name}!` : name))
      : [];
  expect(shown()).toEqual(['ben!', 'anna']);
  driver.sessionEvents({ type: 'online', names: ['anna'] });
  expect(shown()).toEqual(['anna!', 'ben']);
  expect(driver.asked('list-members')).toHaveLength(1);
  driver.sessionEvents({ type: 'room-known', room: { ...room, memberCount: 3 } });
  expect(driver.asked('list-members')).toHaveLength(2);
  driver.send({ type: 'members-listed', room: ops, members: [member('anna')], end: undefined });
  expect(shown()).toEqual(['anna!', 'ben']);
  driver.send({ type: 'members-listed', room: ops, members: [...members, member('carl')], end: 'complete' });
  expect(shown()).toEqual(['ben!', 'anna', 'carl']);
});
