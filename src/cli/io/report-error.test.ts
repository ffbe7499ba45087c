import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { ChatError } from '../../shared/errors.js';
import { reportError, type ReportOptions } from './report-error.js';

const hostile = 'no \x1b]0;title\x07\x9b31m\u202e';

test.each<[how: string, options: ReportOptions]>([
  ['a line', {}],
  ['a JSON object', { json: true }],
  ['a line and the stack', { debug: true }],
])('the error text of a server is sanitised: %s', async (_, options) => {
  expect(await reported(new ChatError('internal', hostile), options)).not.toMatch(
    /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/,
  );
});

test('a JSON object keeps the message exactly', async () => {
  const object: unknown = JSON.parse(await reported(new ChatError('internal', hostile), { json: true }));
  expect(object).toEqual({ v: 2, type: 'error', code: 'internal', exit: 1, message: hostile });
});

test.each([
  [
    'EMFILE',
    'EMFILE: too many open files',
    /^chat: too many open files: the limit of this process is \w+\. .*ulimit -n 1024\n$/,
  ],
  [
    'LEVEL_IO_ERROR',
    'IO error: 000004.log: Too many open files',
    /^chat: too many open files: the limit of this process is \w+\. /,
  ],
  ['ENFILE', 'ENFILE: file table overflow', /^chat: this machine has too many open files\. /],
])('a lack of file descriptors (%s) is reported as the cause of any failure', async (code, message, line) => {
  const cause = new Error('not opened', { cause: Object.assign(new Error(message), { code }) });
  const error = new ChatError('data-directory', 'cannot open it', { cause });
  expect(await reported(error, {})).toMatch(line);
});

test('the rows of an error are printed below it, one line each, and on one line as JSON', async () => {
  const error = new ChatError('internal', 'it changed', { rows: ['now  b', 'then a'], hint: 'look twice' });
  expect(await reported(error, {})).toBe('chat: it changed\n  now  b\n  then a\nLook twice\n');
  const object: unknown = JSON.parse(await reported(error, { json: true }));
  expect(object).toMatchObject({ message: 'it changed: now  b, then a. Look twice' });
});

async function reported(error: ChatError, options: ReportOptions): Promise<string> {
  const stderr = new PassThrough({ encoding: 'utf8' });
  await reportError(error, { stderr }, options);
  return String(stderr.read());
}
