import type { KvEntry } from '@nats-io/kv';
import { decodeText, encodeText } from '../../../shared/text.js';
import type { AccountStateStore } from '../../messages/message-log.js';
import { openBucket, withBucketName } from '../../nats/bucket.js';
import { isConflict } from '../../nats/nats-request.js';
import type { NatsLink } from '../../nats/nats-link.js';
import { unwritable } from '../appender.js';

type MarkBucketOptions = {
  readonly link: NatsLink;
  readonly stream: string;
  readonly replicas: number;
  /** A stream that is created again does not get the marks of its predecessor. */
  readonly logId: string;
};

const maxAttempts = 20;
const maxConcurrentSaves = 16;

/** The states of accounts in the bucket `STREAM_marks`, each under the log id and the account id. */
export async function openMarkBucket(options: MarkBucketOptions): Promise<AccountStateStore> {
  const { link, stream, replicas, logId } = options;
  const name = `${stream}_marks`;
  const bucket = await openBucket(link, name, replicas);
  const keyOf = (account: string): string => `${logId}.${account}`;

  /** NATS would answer only after a timeout. */
  const requireLink = (): void => {
    if (!link.isUp()) throw unwritable('NATS is unavailable');
  };

  const saveOne = async (account: string, change: (stored: string | undefined) => string): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const entry = await bucket.get(keyOf(account));
      const stored = storedText(entry);
      const changed = change(stored);
      if (changed === stored) return;
      try {
        await bucket.put(keyOf(account), encodeText(changed), { previousSeq: entry?.revision ?? 0 });
        return;
      } catch (error) {
        if (!isConflict(error) || attempt === maxAttempts) throw error;
      }
    }
  };

  return {
    load: (account) =>
      withBucketName(name, async () => {
        requireLink();
        return storedText(await bucket.get(keyOf(account)));
      }),
    save: (changes) =>
      withBucketName(name, async () => {
        requireLink();
        const left = changes.entries();
        const saveNext = async (): Promise<void> => {
          for (const [account, change] of left) await saveOne(account, change);
        };
        await Promise.all(Array.from({ length: maxConcurrentSaves }, saveNext));
      }),
  };
}

/** Undefined after a deletion. */
function storedText(entry: KvEntry | null): string | undefined {
  return entry?.operation === 'PUT' ? decodeText(entry.value) : undefined;
}
