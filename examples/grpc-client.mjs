// Any gRPC client can join the room. This one uses only @grpc/grpc-js, @grpc/proto-loader and the proto file of chat.
// `node grpc-client.mjs TEXT [ADDRESS]` prints the history, sends a text, and exits when it receives that text.
// Python cannot import its generated stub unchanged: see "Generated code" in docs/protocol.md.
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const [text = 'hello', address = process.env.CHAT_ADDRESS ?? 'localhost:65002'] = process.argv.slice(2);
const proto = new URL('../proto/simplechat.proto', import.meta.url).pathname;
const { SimpleChat } = grpc.loadPackageDefinition(protoLoader.loadSync(proto)).qtgrpc.examples.chat;
const chat = new SimpleChat(address, grpc.credentials.createInsecure());

// Credentials are sent with every call, the stream included.
const login = new grpc.Metadata();
login.set('user-name', process.env.CHAT_USER ?? 'user1');
login.set('user-password', process.env.CHAT_PASSWORD ?? 'qwerty');

const id = crypto.randomUUID();
const stream = chat.messageList({}, login);
stream.on('error', (error) => error.code !== grpc.status.CANCELLED && fail(error));
stream.on('data', ({ messages = [] }) => {
  for (const message of messages) {
    console.log(`<${message.from}> ${message.type === 2 ? '(an image)' : message.content}`);
    if (message.id === id) stream.cancel();
  }
});
chat.sendMessage({ id, type: 'Text', content: Buffer.from(text) }, login, (error) => error && fail(error));

function fail(error) {
  console.error(error.message);
  process.exit(1);
}
