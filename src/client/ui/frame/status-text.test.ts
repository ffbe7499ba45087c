import { expect, test } from '@jest/globals';
import { textWidth } from '../../terminal/text/text-width.js';
import { initialAppState } from '../state/app-state.js';
import { createLoginForm } from '../login/login-form.js';
import { fitStatus, labelFor, statusText } from './status-text.js';

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
