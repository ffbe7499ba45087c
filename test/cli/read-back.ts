import { parseAddress } from '../../src/client/connection/address.js';
import { connect } from '../../src/client/connection/grpc/grpc-connection.js';
import type { Message } from '../../src/shared/message.js';
import { decodeText } from '../../src/shared/text.js';

/** All messages of a server, oldest first. */
export async function readBack(address: string): Promise<Message[]> {
  const connection = connect({
    address: parseAddress(address),
    credentials: { user: 'user1', password: 'qwerty' },
  });
  try {
    const newestFirst = await connection.history(0, 500, new AbortController().signal);
    return newestFirst.toReversed();
  } finally {
    connection.close();
  }
}

/** The texts of all messages of a server, oldest first. */
export async function textsOf(address: string): Promise<string[]> {
  return (await readBack(address)).map(({ content }) => decodeText(content));
}
