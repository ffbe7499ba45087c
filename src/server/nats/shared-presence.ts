import type { Msg } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { createObservable } from '../../shared/async/observable.js';
import { createPresence, type PeerNote, type Peers, type Presence } from '../messages/presence.js';
import type { NatsLink } from './nats-link.js';
import { createPeerServers } from './peer-servers.js';
import { formatPresence, parsePresence, type PresenceMessage } from './presence-message.js';

/** The users online at any server of the room. */
export type SharedPresence = Presence & {
  readonly peers: Peers;
  /** Notifies the peer servers. */
  close(): Promise<void>;
};

const heartbeatIntervalMs = 2000;
/** Changes are sent together, at most this often; less often the longer the list. */
const listIntervalMs = 300;
const listMsPerName = 0.1;

/** While NATS is away the list has only local users. Users of a killed server leave it within seconds. */
export function createSharedPresence(link: NatsLink, logId: string, logger: Logger): SharedPresence {
  const { connection } = link;
  const subject = `chat.online.${logId}`;
  const server = ulid();
  const local = createPresence();
  const peers = createPeerServers(() => performance.now());
  const union = createObservable<readonly string[]>([]);
  const ended = new AbortController();
  const noteListeners: ((note: PeerNote) => void)[] = [];
  const missedListeners: (() => void)[] = [];
  let published = { names: local.names(), version: 0 };
  let isListDue = false;

  const send = (message: PresenceMessage): void => {
    // Messages published while NATS is away would all arrive when it is back.
    if (link.isUp() && !ended.signal.aborted) connection.publish(subject, formatPresence(message));
  };

  const updateUnion = (): void => {
    const names = [...new Set([local.names(), ...peers.lists()].flat())].sort();
    const before = union.get();
    const isSame = names.length === before.length && names.every((name, index) => name === before[index]);
    if (!isSame) union.set(names);
  };

  const sendList = (): void => {
    isListDue = false;
    const names = local.names();
    if (names !== published.names) published = { names, version: published.version + 1 };
    send({ kind: 'list', server, ...published });
  };

  const scheduleList = (): void => {
    if (isListDue || ended.signal.aborted) return;
    isListDue = true;
    setTimeout(sendList, listIntervalMs + local.names().length * listMsPerName).unref();
  };

  const followLocal = async (): Promise<never> => {
    for (;;) {
      const names = local.names();
      updateUnion();
      scheduleList();
      await local.changed(names, ended.signal);
    }
  };
  followLocal().catch((err: unknown) => {
    if (!ended.signal.aborted)
      logger.error({ err }, 'peer servers are no longer notified of users who come and go here');
  });

  const onMessage = (message: PresenceMessage): void => {
    if (message.kind === 'ask') {
      if (message.of === '' || message.of === server) scheduleList();
      return;
    }
    if (message.server === server) return;
    if (message.kind === 'mark' || message.kind === 'typing') {
      for (const listener of noteListeners) listener(message);
      return;
    }
    if (message.kind === 'here') {
      if (!peers.here(message.server, message.version)) send({ kind: 'ask', of: message.server });
      return;
    }
    if (message.kind === 'gone') peers.gone(message.server);
    else peers.list(message.server, message.version, message.names);
    updateUnion();
  };

  const subscription = connection.subscribe(subject, {
    callback(error: Error | null, received: Msg) {
      const message = error ? undefined : parsePresence(received.string());
      if (message) onMessage(message);
    },
  });
  send({ kind: 'ask', of: '' });

  const timer = setInterval(() => {
    send({ kind: 'here', server, version: published.version });
    if (peers.forgetSilent()) updateUnion();
  }, heartbeatIntervalMs);
  const removeUpListener = link.onUp(() => {
    for (const listener of missedListeners) listener();
    scheduleList();
    send({ kind: 'ask', of: '' });
  });

  return {
    join: (name) => local.join(name),
    names: union.get,
    changed: union.changed,
    peers: {
      send: (note) => send({ ...note, server }),
      onNote: (listener) => void noteListeners.push(listener),
      onMissed: (listener) => void missedListeners.push(listener),
    },
    async close() {
      send({ kind: 'gone', server });
      ended.abort();
      clearInterval(timer);
      removeUpListener();
      subscription.unsubscribe();
      if (link.isUp()) await connection.flush().catch(() => undefined);
    },
  };
}
