import { jetstreamManager } from '@nats-io/jetstream';
import type { UsersAddedNote } from '../accounts/users-added.js';
import { findStream, requestTimeoutMs } from './nats-request.js';
import type { NatsLink } from './nats-link.js';

// NATS before 2.10 keeps no other text of ours with a stream.
const remark = 'Users were added: no demo users.';

/** The note in the description of the stream that holds the messages, so that it outlives the accounts' bucket. */
export function usersAddedInStream({ connection }: NatsLink, name: string): UsersAddedNote {
  const streams = async () =>
    (await jetstreamManager(connection, { timeout: requestTimeoutMs, checkAPI: false })).streams;
  const description = async (): Promise<string | undefined> => {
    const stream = await findStream(await streams(), name);
    return stream && (stream.config.description ?? '');
  };
  return {
    isSet: async () => (await description())?.includes(remark) ?? false,
    async set() {
      const before = await description();
      // Before the first start there is no stream: the server sets the note once it made one.
      if (before === undefined) return;
      await (await streams()).update(name, { description: `${before} ${remark}`.trim() });
    },
  };
}
