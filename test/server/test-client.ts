import {
  Client,
  credentials,
  Metadata,
  status as grpcStatus,
  type ChannelCredentials,
  type ClientDuplexStream,
  type ClientReadableStream,
  type MethodDefinition,
  type StatusObject,
} from '@grpc/grpc-js';
import { decodeMessages, emptyMessage, encodeDraft } from '../../src/shared/codec.js';
import { contentType, type Draft, type Message } from '../../src/shared/message.js';
import { messages, metadataKeys, simpleChat } from '../../src/shared/services.js';
import { encodeText } from '../../src/shared/text.js';

/** The outcome of a unary call. */
export type Answer = { status: StatusObject; response: Uint8Array | undefined };

/** A method of one of our services. */
export type TestMethod = MethodDefinition<Uint8Array, Uint8Array>;

/** Everything that a call was answered, whether it streams or not. */
export type Outcome = {
  readonly path: string;
  readonly status: StatusObject;
  readonly metadata: Metadata | undefined;
  readonly responses: readonly Uint8Array[];
};

export function textDraft(text: string, more: Partial<Draft> = {}): Draft {
  return { id: '', timestamp: 1_700_000_000_000, type: contentType.text, content: encodeText(text), ...more };
}

export function image(content: Uint8Array): Draft {
  return { ...textDraft(''), type: contentType.image, content };
}

export function loginMetadata(
  user: string,
  password = 'qwerty',
  more: Record<string, string> = {},
): Metadata {
  const metadata = new Metadata();
  metadata.set(metadataKeys.userName, user);
  metadata.set(metadataKeys.userPassword, password);
  for (const [key, value] of Object.entries(more)) metadata.set(key, value);
  return metadata;
}

/** Runs `use` with a client of the server on 127.0.0.1. */
export async function withClient<Result>(
  port: number,
  use: (client: TestClient) => Promise<Result>,
): Promise<Result> {
  const client = new TestClient(port);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** A plain grpc-js client on a connection of its own. */
export class TestClient {
  readonly #client: Client;

  constructor(port: number, { host = '127.0.0.1', channel = credentials.createInsecure() }: Where = {}) {
    this.#client = new Client(`${host}:${port}`, channel, {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': 4 * 1024 * 1024,
      'grpc.enable_retries': 0,
    });
  }

  /** Resolves also if the call fails. */
  call(method: TestMethod, request: Uint8Array, metadata: Metadata, deadlineMs = Infinity): Promise<Answer> {
    return new Promise((resolve) => {
      const options = { deadline: Date.now() + deadlineMs };
      let response: Uint8Array | undefined;
      const { path, requestSerialize, responseDeserialize } = method;
      this.#client
        .makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadata,
          options,
          (_, value) => {
            response = value;
          },
        )
        .on('status', (status: StatusObject) => resolve({ status, response }));
    });
  }

  /** Calls a method to its end. Every answer is received as a stream, which also counts the responses. */
  async outcome(method: TestMethod, request: Uint8Array, metadata: Metadata): Promise<Outcome> {
    const record = new StreamRecord(this.stream(method, request, metadata), (bytes) => bytes);
    const status = await record.ended();
    return { path: method.path, status, metadata: record.metadata, responses: record.items };
  }

  send(draft: Draft, metadata = loginMetadata('user1'), deadlineMs = Infinity): Promise<Answer> {
    return this.call(simpleChat.sendMessage, encodeDraft(draft), metadata, deadlineMs);
  }

  /** Returns the sequence; throws if the server rejects the text. */
  async sendText(text: string, login: string | Metadata = 'user1'): Promise<number> {
    const metadata = typeof login === 'string' ? loginMetadata(login) : login;
    const { status } = await this.send(textDraft(text), metadata);
    if (status.code !== grpcStatus.OK) throw new Error(`${status.code} ${status.details}`);
    return Number(status.metadata.get(metadataKeys.sequence)[0]);
  }

  history(request: Uint8Array, metadata = loginMetadata('user1')): Promise<Answer> {
    return this.call(messages.history, request, metadata);
  }

  stream(method: TestMethod, request: Uint8Array, metadata: Metadata): ClientReadableStream<Uint8Array> {
    const { path, requestSerialize, responseDeserialize } = method;
    return this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
    );
  }

  postAll(metadata = loginMetadata('user1')): ClientDuplexStream<Uint8Array, Uint8Array> {
    const { path, requestSerialize, responseDeserialize } = messages.postAll;
    return this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata);
  }

  subscribe(metadata = loginMetadata('user1')): Subscription {
    return new Subscription(this.stream(simpleChat.messageList, emptyMessage, metadata));
  }

  close(): void {
    this.#client.close();
  }
}

type Where = { host?: string; channel?: ChannelCredentials };

/** Records a server stream. */
export class StreamRecord<Item> {
  readonly items: Item[] = [];
  /** Everything that was received. */
  readonly bytes: Uint8Array[] = [];
  metadata: Metadata | undefined;
  status: StatusObject | undefined;
  readonly stream: ClientReadableStream<Uint8Array>;
  #check = (): void => undefined;

  constructor(stream: ClientReadableStream<Uint8Array>, decode: (bytes: Uint8Array) => Item) {
    this.stream = stream;
    stream.on('metadata', (metadata: Metadata) => {
      this.metadata = metadata;
      this.#check();
    });
    stream.on('data', (bytes: Uint8Array) => {
      this.bytes.push(bytes);
      this.items.push(decode(bytes));
      this.#check();
    });
    stream.on('status', (status: StatusObject) => {
      this.status = status;
      this.#check();
    });
    stream.on('error', () => undefined);
  }

  /** Resolves once `condition` is true; it is checked after each event of the stream. */
  async until(condition: () => boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#check = () => condition() && resolve();
      this.#check();
    });
  }

  async ended(): Promise<StatusObject> {
    await this.until(() => this.status !== undefined);
    if (!this.status) throw new Error('no status');
    return this.status;
  }

  value(key: string): string | undefined {
    return this.metadata?.get(key)[0]?.toString();
  }
}

/** A `messageList` stream. */
export class Subscription extends StreamRecord<Message[]> {
  constructor(stream: ClientReadableStream<Uint8Array>) {
    super(stream, decodeMessages);
  }

  messages(): Message[] {
    return this.items.flat();
  }

  texts(): string[] {
    return this.messages().map(({ content }) => Buffer.from(content).toString());
  }

  /** Resolves at the first `ChatMessages`, which confirms the subscription. */
  async opened(): Promise<void> {
    await this.until(() => this.items.length > 0);
  }
}
