import { ulid } from 'ulid';
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
  await sendAs(address, user, contentType.text, texts.map(encodeText));
}

/** Sends a PNG as a demo user. */
export async function sayImage(address: string, user: string, png: Uint8Array): Promise<void> {
  await sendAs(address, user, contentType.image, [png]);
}

async function sendAs(
  address: string,
  user: string,
  type: number,
  contents: readonly Uint8Array[],
): Promise<void> {
  const connection = connect({ address: parseAddress(address), credentials: { user, password: 'qwerty' } });
  const { signal } = new AbortController();
  for (const content of contents) {
    await connection.send({ id: ulid(), timestamp: Date.now(), type, content }, signal);
  }
  connection.close();
}
