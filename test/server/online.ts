import { emptyMessage } from '../../src/shared/codec.js';
import { userNames } from '../support/user-names.js';
import { chatExtensions } from '../../src/shared/services.js';
import { loginMetadata, StreamRecord, type TestClient } from './test-client.js';

/** The stream of the users who are online. */
export function online(client: TestClient, user = 'user1'): StreamRecord<string[]> {
  const stream = client.stream(chatExtensions.usersOnline, emptyMessage, loginMetadata(user));
  return new StreamRecord(stream, userNames);
}
