import { expect, test } from '@jest/globals';
import { unknownColours } from '../../terminal/colour/terminal-colours.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { AppDriver, directRoom, roomNamed } from '../../../../test/support/app-driver.js';
import { ChatError } from '../../../shared/errors.js';
import { initialAppState } from '../state/app-state.js';
import { createLoginForm } from '../login/login-form.js';
import { createDraftLayout } from '../composer/composer-layout.js';
import { themeFor } from '../theme/theme.js';
import { frameView } from './frame-view.js';
import { openRoom } from '../rooms/open-room.js';
import { fitStatus, labelFor, roomHeader, statusText } from './status-text.js';

const frameContext = {
  now: 0,
  below: { messages: 0, mentions: 0 },
  depth: 'none',
  theme: themeFor(unknownColours, 'none'),
  layoutDraft: createDraftLayout(),
} as const;

const live = { who: 'user1 @ localhost:65002', phase: 'connected', online: '3 online' };

test.each([
  [80, live],
  [40, { ...live, online: '' }],
  [30, { who: 'user1 @ localho…', phase: 'connected', online: '' }],
  [20, { who: 'user1…', phase: 'connected', online: '' }],
  [16, { who: '', phase: 'connected', online: '' }],
] as const)('the status line shows the state of the connection at %d columns', (columns, parts) => {
  expect(fitStatus(live, columns, labelFor(columns, 'F1 help'))).toEqual(parts);
});

const ops = { name: '#ops', members: '14 members', topic: 'deploys and pages' };

test.each([
  [120, 'user1 @ localhost:65002 · connected · 3 online', '#ops · 14 members · deploys and pages'],
  [80, 'user1 @ localhost:65002 · connected', '#ops · 14 members · deploys…'],
  [70, 'user1 @ localhost:65002 · connected', '#ops · 14 members'],
  [60, 'user1 @ localhost:65002 · connected', '#ops'],
  [40, 'user1 @ localhost:… · connected', '#ops'],
  [20, 'connected', '#ops'],
  [16, 'connected', ''],
])('the status line names the room at %d columns', (columns, left, right) => {
  const { who, phase, online, room } = fitStatus(live, columns, labelFor(columns, 'F1 help'), ops);
  expect([who, phase, online].filter((part) => part !== '').join(' · ')).toBe(left);
  expect(`${room?.name}${room?.rest}`).toBe(right);
});

test('the status line with a room is never wider than its row', () => {
  const room = { name: '#漢字の部屋', members: '2 members', topic: '漢字'.repeat(40) };
  for (let columns = 10; columns < 160; columns++) {
    const label = labelFor(columns, 'F1 help');
    const fitted = fitStatus({ ...live, phase: 'reconnecting in 30 s, attempt 12' }, columns, label, room);
    const left = [fitted.who, fitted.phase, fitted.online].filter((part) => part !== '').join(' · ');
    const right = `${fitted.room?.name}${fitted.room?.rest}`;
    const cells =
      textWidth(left) + (right === '' ? 0 : 3 + textWidth(right)) + (label === '' ? 0 : 3 + textWidth(label));
    expect(cells).toBeLessThanOrEqual(columns - 2);
    expect(fitted.phase.startsWith('recon')).toBe(true);
  }
});

test('the status line shows type and topic of the room, sanitised, and nothing if it is the only one', () => {
  const topic = 'new\u001b]0;x\u0007\ntopic';
  const driver = new AppDriver().connectWithRooms(
    roomNamed(5, 'ops', { topic, archived: true, memberCount: 1 }),
    directRoom(6, 'ben'),
  );
  const headerOf = (room: number) => roomHeader(openRoom(driver.state, room)[0]);
  expect(headerOf(5)).toEqual({ name: '#ops', members: 'archived · 1 member', topic: 'new topic' });
  expect(headerOf(6)).toEqual({ name: '@ben', members: '', topic: '' });
  expect(roomHeader(new AppDriver().connect().state)).toBeUndefined();
});

test('the status line is never wider than its row', () => {
  const lost = { who: '名前'.repeat(40), phase: 'reconnecting in 30 s, attempt 12', online: '' };
  for (let columns = 10; columns < 120; columns++) {
    const { who, phase } = fitStatus(lost, columns, labelFor(columns, 'F1 help'));
    expect(textWidth(who) + textWidth(phase) + (who === '' ? 0 : 3)).toBeLessThanOrEqual(columns - 2);
    expect(phase.startsWith('recon')).toBe(true);
  }
});

test('the status line says "connecting" before the first answer, except on the login screen', () => {
  const form = createLoginForm({ address: 'localhost', user: '', password: '' });
  const phases = [undefined, form].map((login) => statusText(initialAppState('localhost', login), 0).phase);
  expect(phases).toEqual(['connecting', '']);
});

test('the status line says that the server cannot store messages, until it can', () => {
  const app = new AppDriver().connect();
  const shown = () => frameView(app.state, { columns: 80, rows: 24 }, frameContext);
  app.sessionEvents({ type: 'online', names: ['user1'], storageProblem: 'its disk\x1b is full' });
  expect(shown()).toMatchObject({
    status: { phase: expect.stringContaining('connected · the server cannot store messages: its disk') },
    tone: 'waiting',
  });
  expect(shown().status.phase).not.toContain('\x1b');
  app.sessionEvents({ type: 'online', names: ['user1'] });
  expect(shown()).toMatchObject({ status: { phase: 'connected' }, tone: 'good' });
});

test('the status line says why sending is paused, for a server that does not say it itself', () => {
  const draft = { room: 0, id: 'a', timestamp: 1, type: 1, content: new Uint8Array([65]) };
  const reasons = [new ChatError('unreachable', 'no answer'), new ChatError('rate-limited', 'slow down')];
  const phases = reasons.map((reason) => {
    const app = new AppDriver().connect().sessionEvents({ type: 'submit', draft });
    return statusText(app.sessionEvents({ type: 'send-failed', id: 'a', reason }).state, 0).phase;
  });
  expect(phases).toEqual(['connected · cannot send: no answer', 'connected']);
});
