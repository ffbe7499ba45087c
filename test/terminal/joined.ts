import { parseAddress } from '../../src/client/connection/address.js';
import { connect } from '../../src/client/connection/grpc/grpc-connection.js';
import { contentType } from '../../src/shared/message.js';
import { encodeText } from '../../src/shared/text.js';
import { startTerminal, type TerminalOptions, type TerminalProgram } from './terminal-program.js';

/** A client of a demo user in its conversation. */
export async function joined(
  address: string,
  user = 'user1',
  options: TerminalOptions = {},
): Promise<TerminalProgram> {
  const env = { CHAT_PASSWORD: 'qwerty', ...options.env };
  const client = startTerminal(['connect', address, '--user', user], { ...options, env });
  await client.until((text) => text.includes('· connected'));
  return client;
}

/** Sends texts as a demo user, one after the other. */
export async function say(address: string, user: string, ...texts: readonly string[]): Promise<void> {
  const connection = connect({ address: parseAddress(address), credentials: { user, password: 'qwerty' } });
  const { signal } = new AbortController();
  for (const text of texts) {
    const id = crypto.randomUUID();
    await connection.send(
      { id, timestamp: Date.now(), type: contentType.text, content: encodeText(text) },
      signal,
    );
  }
  connection.close();
}
