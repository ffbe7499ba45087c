import type { Msg } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { createChangingValue } from '../async/changing-value.js';
import { createPresence, type Presence } from '../room/presence.js';
import type { NatsLink } from './nats-link.js';
import { createOtherServers } from './peer-servers.js';
import { formatNote, parseNote, type PresenceNote } from './presence-message.js';

/** Who is online at any server of the room. */
export type SharedPresence = Presence & {
  /** Tells the others that this server ends. */
  close(): Promise<void>;
};

/** How often a server says that it is there, in milliseconds. */
const signInterval = 2000;
/** Changes are told together, at most this often; the longer the list, the seldomer. */
const tellInterval = 300;
const millisecondsPerName = 0.1;

/**
 * Joins this server's list with those of all others that serve the room `logId`. While NATS is away the list is this
 * server's own; a server that died is forgotten within seconds.
 */
export function createSharedPresence(link: NatsLink, logId: string, logger: Logger): SharedPresence {
  const { connection } = link;
  const subject = `chat.online.${logId}`;
  const server = ulid();
  const local = createPresence();
  const others = createOtherServers(() => performance.now());
  const union = createChangingValue<readonly string[]>([]);
  const ended = new AbortController();
  let told = { names: local.names(), version: 0 };
  let tellIsDue = false;

  const send = (note: PresenceNote): void => {
    // What is published while NATS is away would all arrive when it is back.
    if (link.isUp() && !ended.signal.aborted) connection.publish(subject, formatNote(note));
  };

  const join = (): void => {
    const names = [...new Set([local.names(), ...others.lists()].flat())].sort();
    const before = union.get();
    const isSame = names.length === before.length && names.every((name, index) => name === before[index]);
    if (!isSame) union.set(names);
  };

  const tell = (): void => {
    tellIsDue = false;
    const names = local.names();
    if (names !== told.names) told = { names, version: told.version + 1 };
    send({ kind: 'list', server, ...told });
  };

  const tellSoon = (): void => {
    if (tellIsDue || ended.signal.aborted) return;
    tellIsDue = true;
    setTimeout(tell, tellInterval + local.names().length * millisecondsPerName).unref();
  };

  const followLocal = async (): Promise<never> => {
    for (;;) {
      const names = local.names();
      join();
      tellSoon();
      await local.changed(names, ended.signal);
    }
  };
  followLocal().catch((err: unknown) => {
    if (!ended.signal.aborted) logger.error({ err }, 'who comes and goes here is no longer told');
  });

  const hear = (note: PresenceNote): void => {
    if (note.kind === 'ask') {
      if (note.of === '' || note.of === server) tellSoon();
      return;
    }
    if (note.server === server) return;
    if (note.kind === 'here') {
      if (!others.here(note.server, note.version)) send({ kind: 'ask', of: note.server });
      return;
    }
    if (note.kind === 'gone') others.gone(note.server);
    else others.list(note.server, note.version, note.names);
    join();
  };

  const subscription = connection.subscribe(subject, {
    callback(error: Error | null, message: Msg) {
      const note = error ? undefined : parseNote(message.string());
      if (note) hear(note);
    },
  });
  send({ kind: 'ask', of: '' });

  const timer = setInterval(() => {
    send({ kind: 'here', server, version: told.version });
    if (others.forgetSilent()) join();
  }, signInterval);
  const forget = link.onUp(() => {
    tellSoon();
    send({ kind: 'ask', of: '' });
  });

  return {
    join: (name) => local.join(name),
    names: union.get,
    changed: union.changed,
    async close() {
      send({ kind: 'gone', server });
      ended.abort();
      clearInterval(timer);
      forget();
      subscription.unsubscribe();
      if (link.isUp()) await connection.flush().catch(() => undefined);
    },
  };
}
