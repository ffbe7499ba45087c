import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { accountFile } from '../../../src/server/accounts/account-file.js';
import { findAccount, withAccount, withoutAccount } from '../../../src/server/accounts/accounts-snapshot.js';
import type { RunningServer, ServerOptions } from '../../../src/server/app/server-options.js';
import { startServer } from '../../../src/server/app/start-server.js';
import { systemClock } from '../../../src/shared/clock.js';
import { appendInvisible, cheapHashing, dataWithUsers, openStoredLog } from '../data-with-messages.js';
import { RoomsClient } from '../rooms-client.js';
import { testOptions } from '../test-server.js';
import { storyTimeMs, userNames, type Secret, type Stage, type StoryEvent, type Viewer } from './story.js';

/** One server in which the story happens, all of it or without what one viewer must not know. */
export type StagedServer = {
  readonly stage: Stage;
  play(events: readonly StoryEvent[]): Promise<void>;
  /** Removes the account carl, and adds another one with this name. */
  replaceCarl(): Promise<void>;
  /** It then reads from the disk instead of memory. */
  restart(): Promise<void>;
  readonly metrics: () => Promise<string>;
  readonly port: () => number;
  /** Everything that the server has logged. */
  readonly log: () => string;
  stop(): Promise<void>;
};

/**
 * Starts a server with an empty log. With `without`, an entry of a room that nobody sees is written in place of each
 * event that this viewer must not notice.
 */
export async function stageServer(
  text: (secret: Secret) => string,
  without: Viewer | undefined,
): Promise<StagedServer> {
  const dataDirectory = await dataWithUsers(userNames);
  const logDirectory = join(dataDirectory, 'log');
  let log = '';
  const lines = new Writable({
    write(chunk: Buffer, _, done) {
      log += chunk.toString();
      done();
    },
  });
  const options: ServerOptions = {
    ...testOptions,
    store: 'embedded',
    dataDirectory,
    metricsPort: 0,
    hashing: cheapHashing,
    clock: { ...systemClock, now: () => storyTimeMs },
    logger: pino({ level: 'trace' }, lines),
  };
  let server: RunningServer = await startServer(options);
  const clients = new Map<string, RoomsClient>();
  const closeClients = (): void => {
    for (const client of clients.values()) client.close();
    clients.clear();
  };
  const restart = async (
    whileStopped: () => Promise<void>,
    more: Pick<ServerOptions, 'tailLimits'> = {},
  ): Promise<void> => {
    closeClients();
    await server.stop();
    await whileStopped();
    server = await startServer({ ...options, ...more });
  };
  const stage: Stage = {
    text,
    rooms: {},
    append: (append) =>
      restart(async () => {
        const stored = await openStoredLog(logDirectory);
        await stored.append(append);
        await stored.close();
      }),
    client(name) {
      const client = clients.get(name) ?? new RoomsClient(server.port, name);
      clients.set(name, client);
      return client;
    },
  };
  const { number: padding } = await stage.client('pat').create(text('paddingName'));
  const head = async (): Promise<number> => (await stage.client('pat').list()).upTo;

  return {
    stage,
    async play(events) {
      for (const event of events) {
        const before = await head();
        if (without === undefined || event.for.includes(without)) await event.happen(stage);
        else await stage.client('pat').post(padding, text('paddingText'));
        const added = (await head()) - before;
        if (added !== 1) throw new Error(`the event ${event.happen.toString()} added ${added} entries`);
      }
    },
    async replaceCarl() {
      const accounts = accountFile(dataDirectory);
      const old = stage.client('carl').subscribe();
      await old.opened();
      // At once, so that no login in between is rejected.
      await accounts.update((snapshot) => {
        const carl = findAccount(snapshot, 'carl');
        if (!carl) throw new Error('no carl');
        return withAccount(withoutAccount(snapshot, carl), { ...carl, id: ulid() });
      });
      await old.ended();
      clients.get('carl')?.close();
      clients.delete('carl');
    },
    // The newest entry is always in memory, so it is none of the story.
    restart: () => restart(() => appendInvisible(logDirectory), { tailLimits: { maxBytes: 1, maxCount: 1 } }),
    metrics: async () => (await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`)).text(),
    port: () => server.port,
    log: () => log,
    async stop() {
      closeClients();
      await server.stop();
    },
  };
}
