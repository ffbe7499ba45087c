import { afterEach, expect, test } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { pino } from 'pino';
import type { AccountsSnapshot } from '../../src/server/accounts/accounts-snapshot.js';
import { addUser } from '../../src/server/accounts/change-accounts.js';
import { scryptHashing } from '../../src/server/accounts/password-hash.js';
import { openAccountBucket } from '../../src/server/nats/account-bucket.js';
import { openNatsLink, type NatsLink } from '../../src/server/nats/nats-link.js';
import { parseNatsStore } from '../../src/server/nats/nats-store-options.js';
import { describeWith } from '../require-tool.js';
import { startNats, stopAllNats } from './nats-server-process.js';

const cheap = scryptHashing({ logN: 1, r: 1, p: 1 });
const links: NatsLink[] = [];

/** The accounts as seen by one of the servers of a room. */
async function openBucket(address: string) {
  const options = parseNatsStore(`nats://${address}`);
  const link = await openNatsLink(options, pino({ level: 'silent' }));
  links.push(link);
  return { link, store: await openAccountBucket(link, options) };
}

describeWith(['nats-server'], 'openAccountBucket', () => {
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.close()));
    stopAllNats();
  });

  test('a watch reports a deleted bucket once, and continues in the bucket that replaces it', async () => {
    const nats = await startNats();
    const { link, store } = await openBucket(nats.address);
    const snapshots: AccountsSnapshot[] = [];
    const errors: string[] = [];
    let notified = (): void => undefined;
    const until = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await new Promise<void>((resolve) => (notified = resolve));
    };
    const stop = store.watch(
      (snapshot) => {
        snapshots.push(snapshot);
        notified();
      },
      ({ message }) => {
        errors.push(message);
        notified();
      },
    );
    await addUser(store, { name: 'anna', password: 'long enough' }, cheap);
    await until(() => snapshots.length === 1);

    await (await jetstreamManager(link.connection)).streams.delete('KV_CHAT_accounts');
    await until(() => errors.length > 0);
    expect(errors).toEqual(['their NATS bucket is gone']);

    const { store: successor } = await openBucket(nats.address);
    await addUser(successor, { name: 'bert', password: 'long enough' }, cheap);
    await until(() => snapshots.length === 2);
    expect(snapshots[1]?.accounts.map(({ name }) => name)).toEqual(['bert']);
    expect(errors).toHaveLength(1);
    stop();
  });
});
