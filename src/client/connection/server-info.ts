import { ChatError } from '../../shared/errors.js';
import type { Connection, Opened } from './port.js';

/** Subscribes until the server info arrives. */
export async function fetchServerInfo(
  connection: Pick<Connection, 'subscribe'>,
  signal: AbortSignal,
): Promise<Opened> {
  const enough = new AbortController();
  try {
    for await (const event of connection.subscribe(undefined, AbortSignal.any([signal, enough.signal]))) {
      if (event.type === 'opened') return event;
    }
  } finally {
    enough.abort();
  }
  throw new ChatError('unreachable', 'the server ended the stream before it began');
}
