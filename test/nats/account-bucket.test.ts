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

/** The accounts as one of the servers of a room has them. */
async function openBucket(address: string) {
  const options = parseNatsStore(`nats://${address}`);
  const link = await openNatsLink(options, pino({ level: 'silent' }));
  links.push(link);
  return { link, store: await openAccountBucket(link, options) };
}

describeWith(['nats-server'], 'the accounts in NATS', () => {
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.close()));
    stopAllNats();
  });

  test('say once that their bucket was deleted, and are watched again in the one that took its place', async () => {
    const nats = await startNats();
    const { link, store } = await openBucket(nats.address);
    const books: AccountsSnapshot[] = [];
    const errors: string[] = [];
    let heard = (): void => undefined;
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) await new Promise<void>((resolve) => (heard = resolve));
    };
    const stop = store.watch(
      (snapshot) => {
        books.push(snapshot);
        heard();
      },
      ({ message }) => {
        errors.push(message);
        heard();
      },
    );
    await addUser(store, 'anna', 'long enough', cheap);
    await until(() => books.length === 1);

    await (await jetstreamManager(link.connection)).streams.delete('KV_CHAT_accounts');
    await until(() => errors.length > 0);
    expect(errors).toEqual(['their NATS bucket is gone']);

    const { store: successor } = await openBucket(nats.address);
    await addUser(successor, 'bert', 'long enough', cheap);
    await until(() => books.length === 2);
    expect(books[1]?.accounts.map(({ name }) => name)).toEqual(['bert']);
    expect(errors).toHaveLength(1);
    stop();
  });
});
