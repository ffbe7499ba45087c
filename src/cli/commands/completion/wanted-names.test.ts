import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { buildProgram } from '../../program.js';
import { wantedNames } from './wanted-names.js';

const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
const program = buildProgram(streams, () => Promise.resolve());
const wanted = (line: string) => wantedNames(program, line.split(' '));

test.each([
  ['send --room o', 'rooms', 'o', ''],
  ['send --room #o', 'rooms', 'o', ''],
  ['send --direct @an', 'accounts', 'an', ''],
  ['send --direct anna,b', 'accounts', 'b', 'anna,'],
  ['connect chat.example.org --room ', 'rooms', '', ''],
  ['rooms join ', 'rooms', '', ''],
  ['rooms invite op', 'rooms', 'op', ''],
  ['rooms invite ops a', 'accounts', 'a', ''],
  ['rooms invite --to work ops anna b', 'accounts', 'b', ''],
  ['rooms create x --member a', 'accounts', 'a', ''],
] as const)('%j is completed by names', (line, kind, start, before) => {
  expect(wanted(line)).toMatchObject({ kind, start, before });
});

test.each([
  '',
  'send hello',
  'send --reply-to ',
  'rooms join --',
  'rooms join ops ',
  'nothing --room x',
  'rooms create ',
])('%j is not completed by names', (line) => {
  expect(wanted(line)).toBeUndefined();
});

test('the server and the user are those of the command line', () => {
  expect(wanted('send --to work -u anna --room o')).toMatchObject({
    address: 'work',
    flags: { user: 'anna' },
  });
  expect(wanted('connect work --tail 0 --room o')).toMatchObject({ address: 'work', flags: { tail: '0' } });
});
