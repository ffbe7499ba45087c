import { expect, test } from '@jest/globals';
import { parseSubmission } from './commands.js';

test.each([
  ['hello', { type: 'text', text: 'hello' }],
  ['//quit', { type: 'text', text: '/quit' }],
  ['/quit', { type: 'command', name: 'quit', argument: '' }],
  ['/image  a b.png ', { type: 'command', name: 'image', argument: 'a b.png' }],
  ['/nonsense now', { type: 'unknown-command', word: 'nonsense' }],
  ['/', { type: 'unknown-command', word: '' }],
  ['not /a command', { type: 'text', text: 'not /a command' }],
])('parseSubmission of %j returns %j', (draft, submission) => {
  expect(parseSubmission(draft)).toEqual(submission);
});
