import { describe, expect, test } from '@jest/globals';
import {
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import {
  checkStream,
  identityOf,
  logIdOf,
  newStream,
  oldestKept,
  type StreamRequirements,
} from './stream-config.js';

const requirements: StreamRequirements = {
  name: 'CHAT',
  replicas: undefined,
  keep: undefined,
  maxContentBytes: 4_000_000,
};
const day = 86_400_000;

/** A new stream's configuration as NATS returns it, as far as it is checked. */
function created(changes: Partial<StreamConfig> = {}, from = requirements): StreamConfig {
  const config = newStream(from);
  return {
    subjects: [],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_consumers: -1,
    max_msgs: -1,
    max_msgs_per_subject: -1,
    max_age: 0,
    max_bytes: -1,
    max_msg_size: -1,
    duplicate_window: 0,
    num_replicas: 1,
    sealed: false,
    first_seq: 0,
    deny_delete: false,
    deny_purge: false,
    allow_rollup_hdrs: false,
    allow_direct: false,
    mirror_direct: false,
    discard_new_per_subject: false,
    ...config,
    ...changes,
  } as StreamConfig;
}

describe('checkStream', () => {
  test.each<[string, Partial<StreamRequirements>]>([
    ['without limits', {}],
    ['with replicas', { replicas: 3 }],
    ['with an age limit', { keep: { milliseconds: 90 * day } }],
    ['with an age limit below the dedupe window', { keep: { milliseconds: day / 2 } }],
    ['with a size limit', { keep: { bytes: 1e9 } }],
  ])('a stream %s passes its own check when it is created', (_, changes) => {
    const wanted = { ...requirements, ...changes };
    expect(() => checkStream(created({}, wanted), wanted)).not.toThrow();
  });

  test('an existing stream may have any limits and replicas if none are required', () => {
    const config = created({ num_replicas: 5, max_age: 7 * day * 1e6 });
    expect(() => checkStream(config, requirements)).not.toThrow();
  });

  test.each<[keyof StreamConfig, Partial<StreamConfig>, Partial<StreamRequirements>]>([
    ['subjects', { subjects: ['chat.>'] }, {}],
    ['subjects', { subjects: ['chat.log.CHAT.a', 'chat.log.CHAT.b'] }, {}],
    ['retention', { retention: RetentionPolicy.Workqueue }, {}],
    ['storage', { storage: StorageType.Memory }, {}],
    ['discard', { discard: DiscardPolicy.New }, {}],
    ['sealed', { sealed: true }, {}],
    ['allow_direct', { allow_direct: false }, {}],
    ['no_ack', { no_ack: true }, {}],
    ['max_msgs_per_subject', { max_msgs_per_subject: 1 }, {}],
    ['max_msg_size', { max_msg_size: 1_000_000 }, {}],
    ['duplicate_window', { duplicate_window: 120e9 }, {}],
    ['num_replicas', { num_replicas: 1 }, { replicas: 3 }],
    ['max_age', { max_age: 0 }, { keep: { milliseconds: day } }],
    ['max_bytes', { max_bytes: 5 }, { keep: { bytes: 6 } }],
  ])('a stream with an unsuitable %s is rejected', (setting, config, changes) => {
    expect(() => checkStream(created(config), { ...requirements, ...changes })).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(`has ${setting} `) }),
    );
  });

  test('a stream that was created again has another log id, even with the same settings', () => {
    const config = created();
    const first = identityOf({ config, created: '2026-11-22T10:00:00.1Z' });
    const second = identityOf({ config, created: '2026-11-22T10:00:00.2Z' });
    expect(logIdOf(first)).toMatch(/^[0-9a-f]{32}$/);
    expect(logIdOf(first)).toBe(logIdOf(first));
    expect(logIdOf(second)).not.toBe(logIdOf(first));
    // Two streams never share a subject.
    expect(created().subjects).not.toEqual(config.subjects);
  });
});

describe('oldestKept', () => {
  const now = 1000 * day;
  const erased = [4, 3, 1].map((sequence) => ({ sequence, timestamp: (990 + sequence) * day }));
  const oldest = (changes: Partial<StreamConfig>, state = {}, places = erased): number => {
    const info = { config: created(changes), state: { first_seq: 5, last_seq: 9, messages: 4, bytes: 400 } };
    return oldestKept({ ...info, state: { ...info.state, ...state } as StreamInfo['state'] }, places, now);
  };

  test.each<[string, number, Parameters<typeof oldest>]>([
    ['the first message if none was erased', 5, [{}, {}, []]],
    ['1 in an empty log', 1, [{}, { first_seq: 0, last_seq: 0 }, []]],
    ['the first that was erased, without limits', 1, [{}]],
    ['the first that was erased and is younger than the age limit', 3, [{ max_age: 8 * day * 1e6 }]],
    ['the first message if all that were erased are older', 5, [{ max_age: day * 1e6 }]],
    ['the first that was erased, if little of a size limit is used', 1, [{ max_bytes: 1000 }]],
    ['the first of those right before the first message, if much of it is used', 3, [{ max_bytes: 700 }]],
    ['the same with a limit of messages', 3, [{ max_msgs: 7 }]],
  ])('is %s', (_, expected, values) => {
    expect(oldest(...values)).toBe(expected);
  });
});
