import { status, type Metadata } from '@grpc/grpc-js';
import type { Message } from '../../../src/shared/message.js';
import { messages } from '../../../src/shared/services.js';
import type { StreamRecord } from '../test-client.js';
import type { Outcome, TestMethod } from '../test-client.js';
import type { RoomsClient } from '../rooms-client.js';

/** What a viewer has seen: one line for each call, which is the same wherever the viewer sees the same. */
export type Observations = {
  readonly lines: readonly string[];
  /** Everything that was received, to search it. */
  readonly bytes: () => Buffer;
  /** The paths of the methods that were called. */
  readonly paths: ReadonlySet<string>;
  /** Calls a method and notes its answer, in the place of the call. */
  call(label: string, method: TestMethod, request: Uint8Array): Promise<Outcome>;
  /** As `call`, with several messages in one call. */
  posts(label: string, requests: readonly Uint8Array[]): Promise<Outcome>;
  /** Notes what a stream has received. */
  stream(label: string, path: string, record: StreamRecord<unknown>, messages: readonly Message[]): void;
};

/** Ids of logs and accounts are random. */
const randomId = /[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

export function observe(client: () => RoomsClient): Observations {
  const lines: string[] = [];
  const chunks: Buffer[] = [];
  const paths = new Set<string>();
  const note = (label: string, text: string): void => {
    chunks.push(Buffer.from(`${text}\n`, 'latin1'));
    lines.push(`${label}: ${text}`.replaceAll(randomId, 'ID'));
  };
  const noted = async (label: string, path: string, answered: Promise<Outcome>): Promise<Outcome> => {
    paths.add(path);
    const line = lines.push(`${label}: no answer`) - 1;
    const outcome = await answered;
    const { code, details, metadata: trailers } = outcome.status;
    const bytes = outcome.responses.map((response) => Buffer.from(response).toString('latin1'));
    const answer = `${status[code]} ${details} ${textOf(outcome.metadata)} ${textOf(trailers)} ${bytes.join('|')}`;
    chunks.push(Buffer.from(`${answer}\n`, 'latin1'));
    lines[line] = `${label}: ${answer}`.replaceAll(randomId, 'ID');
    return outcome;
  };

  return {
    lines,
    bytes: () => Buffer.concat(chunks),
    paths,
    call: (label, method, request) => noted(label, method.path, client().outcome(method, request)),
    posts: (label, requests) => noted(label, messages.postAll.path, client().outcomeOfPosts(requests)),
    stream(label, path, record, received) {
      paths.add(path);
      chunks.push(...record.bytes.map((bytes) => Buffer.from(bytes)));
      // Which messages share a batch depends on time.
      const texts = received.map((message) =>
        JSON.stringify({ ...message, content: Buffer.from(message.content).toString('latin1') }),
      );
      note(label, `${textOf(record.metadata)} ${record.status?.details ?? 'open'} ${texts.join('|')}`);
    },
  };
}

function textOf(metadata: Metadata | undefined): string {
  const fields = metadata?.toJSON() ?? {};
  const compared = Object.keys(fields).filter((name) => name !== 'date');
  return JSON.stringify(fields, compared.sort());
}

/** Where the lines of two viewers differ, with the text around the first difference. */
export function differences(one: readonly string[], other: readonly string[]): string[] {
  const found = one.length === other.length ? [] : [`${one.length} and ${other.length} answers`];
  for (const [index, line] of one.entries()) {
    const expected = other[index] ?? '';
    if (line === expected) continue;
    let at = 0;
    while (line[at] === expected[at]) at++;
    const around = (text: string): string => text.slice(Math.max(0, at - 40), at + 80);
    found.push(`${line.split(': ')[0] ?? ''}: ${around(line)} INSTEAD OF ${around(expected)}`);
  }
  return found;
}
