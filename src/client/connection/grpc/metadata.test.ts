import { Metadata } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { readOpened } from './metadata.js';

function metadata(values: Record<string, string>): Metadata {
  const result = new Metadata();
  for (const [key, value] of Object.entries(values)) result.set(key, value);
  return result;
}

test('the initial metadata contains log id, head, limits and whether the subscription resumed', () => {
  const values = { 'log-id': 'a', head: '7', resumed: 'true', 'max-text': '10', 'max-image': '20' };
  expect(readOpened(metadata(values))).toEqual({
    type: 'opened',
    logId: 'a',
    head: 7,
    resumed: true,
    maxTextBytes: 10,
    maxImageBytes: 20,
    hasRooms: false,
  });
});

test('missing and malformed metadata counts as absent', () => {
  const nothing = {
    logId: undefined,
    head: undefined,
    resumed: false,
    maxTextBytes: undefined,
    maxImageBytes: undefined,
  };
  expect(readOpened(metadata({}))).toMatchObject(nothing);
  const odd = { head: '-1', resumed: 'true', 'max-text': '1e9', 'max-image': '99999999999999999999' };
  expect(readOpened(metadata(odd))).toMatchObject(nothing);
  const huge = { 'log-id': 'x'.repeat(65), head: String(2 ** 49), resumed: 'true' };
  expect(readOpened(metadata(huge))).toMatchObject(nothing);
});
