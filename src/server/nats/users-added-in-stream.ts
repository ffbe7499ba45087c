import { jetstreamManager } from '@nats-io/jetstream';
import type { UsersAddedNote } from '../accounts/users-added.js';
import { findStream, requestTimeoutMs } from './nats-request.js';
import type { NatsLink } from './nats-link.js';

// NATS before 2.10 stores no other custom text with a stream.
const remark = 'Users were added: no demo users.';

/** In the description of the message stream, the note survives the loss of the accounts bucket. */
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
      // The server sets the note after creating the stream.
      if (before === undefined) return;
      await (await streams()).update(name, { description: `${before} ${remark}`.trim() });
    },
  };
}
