import { emptyMessage } from '../../src/shared/codec.js';
import { namesAfterUpdates } from '../support/presence-updates.js';
import { presence } from '../../src/shared/services.js';
import { loginMetadata, StreamRecord, type TestClient } from './test-client.js';

/** Who is online after each update. */
export function online(client: TestClient, user = 'user1'): StreamRecord<string[]> {
  const stream = client.stream(presence.watch, emptyMessage, loginMetadata(user));
  return new StreamRecord(stream, namesAfterUpdates());
}
