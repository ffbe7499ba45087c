/** Requests and responses are bytes: a joined batch is not encoded again, and decoding errors can be answered. */
type Method<Streams extends boolean> = {
  path: string;
  requestStream: false;
  responseStream: Streams;
  requestSerialize: (bytes: Uint8Array) => Buffer;
  requestDeserialize: (bytes: Buffer) => Uint8Array;
  responseSerialize: (bytes: Uint8Array) => Buffer;
  responseDeserialize: (bytes: Buffer) => Uint8Array;
};

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const asIs = (bytes: Buffer): Uint8Array => bytes;

function method<Streams extends boolean>(path: string, responseStream: Streams): Method<Streams> {
  return {
    path,
    requestStream: false,
    responseStream,
    requestSerialize: asBuffer,
    requestDeserialize: asIs,
    responseSerialize: asBuffer,
    responseDeserialize: asIs,
  };
}

export const simpleChatName = 'qtgrpc.examples.chat.SimpleChat';

export const simpleChat = {
  messageList: method(`/${simpleChatName}/messageList`, true),
  sendMessage: method(`/${simpleChatName}/sendMessage`, false),
};

const messagesName = 'chat.v1.Messages';

export const messages = {
  post: method(`/${messagesName}/post`, false),
  postAll: { ...method(`/${messagesName}/postAll`, true), requestStream: true } as const,
  edit: method(`/${messagesName}/edit`, false),
  delete: method(`/${messagesName}/delete`, false),
  react: method(`/${messagesName}/react`, false),
  history: method(`/${messagesName}/history`, false),
  search: method(`/${messagesName}/search`, true),
  get: method(`/${messagesName}/get`, false),
  mentions: method(`/${messagesName}/mentions`, false),
};

const presenceName = 'chat.v1.Presence';

export const presence = {
  watch: method(`/${presenceName}/watch`, true),
  typing: method(`/${presenceName}/typing`, false),
};

const roomsName = 'chat.v1.Rooms';

export const rooms = {
  list: method(`/${roomsName}/list`, false),
  browse: method(`/${roomsName}/browse`, false),
  get: method(`/${roomsName}/get`, false),
  members: method(`/${roomsName}/members`, false),
  create: method(`/${roomsName}/create`, false),
  direct: method(`/${roomsName}/direct`, false),
  update: method(`/${roomsName}/update`, false),
  join: method(`/${roomsName}/join`, false),
  leave: method(`/${roomsName}/leave`, false),
  invite: method(`/${roomsName}/invite`, false),
  remove: method(`/${roomsName}/remove`, false),
  mark: method(`/${roomsName}/mark`, false),
  configure: method(`/${roomsName}/configure`, false),
};

/** The services that a server reports and describes. */
export const serviceNames = [simpleChatName, messagesName, presenceName, roomsName] as const;

/** Answers without a login. */
export const healthCheck = method('/grpc.health.v1.Health/Check', false);

export const metadataKeys = {
  userName: 'user-name',
  userPassword: 'user-password',
  logId: 'log-id',
  resumeAfter: 'resume-after',
  resumeDigest: 'resume-digest',
  resumed: 'resumed',
  /** `1`: all rooms of the user, with the details of each entry. The server confirms it. */
  rooms: 'rooms',
  /** `1`, with `rooms`: a resume has no limit. */
  resumeAll: 'resume-all',
  /** `0`: the stream does not make its user appear online. */
  present: 'present',
  head: 'head',
  headDigest: 'head-digest',
  maxText: 'max-text',
  maxImage: 'max-image',
  sequence: 'sequence',
  retryAfterMs: 'retry-after-ms',
} as const;

/** The port of the Qt example. */
export const defaultPort = 65002;
