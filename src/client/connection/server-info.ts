import { ChatError } from '../../shared/errors.js';
import type { Connection, Opened, SubscriptionScope } from './port.js';

/** Subscribes until the server info arrives, without appearing online. With `rooms`, it has the user's rooms. */
export async function fetchServerInfo(
  connection: Pick<Connection, 'subscribe'>,
  signal: AbortSignal,
  { rooms = false }: Pick<SubscriptionScope, 'rooms'> = {},
): Promise<Opened> {
  const enough = new AbortController();
  const until = AbortSignal.any([signal, enough.signal]);
  try {
    for await (const event of connection.subscribe(undefined, until, { rooms, isPresent: false })) {
      if (event.type === 'opened') return event;
    }
  } finally {
    enough.abort();
  }
  throw new ChatError('unreachable', 'the server ended the stream before it began');
}
