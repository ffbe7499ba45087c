import { status, type Metadata } from '@grpc/grpc-js';
import {
  ChatError,
  errorTraits,
  revocations,
  type ErrorCode,
  type RetryPolicy,
} from '../../../shared/errors.js';
import { messages, metadataKeys, rooms, simpleChatName } from '../../../shared/services.js';
import { proxyFailed, proxyName } from '../transport/proxy-tunnel.js';
import type { Proxy } from '../transport/proxy.js';

/** How a call ended. */
export type CallStatus = { readonly code: number; readonly details: string; readonly metadata: Metadata };

/** `method`: the path, `/service/method`. */
export type CallRoute = { readonly proxy?: Proxy | undefined; readonly method?: string };

/** The same status means different things for different kinds of calls. */
export type CallKind = 'send' | 'read' | 'stream';

const maxDetailsCharacters = 300;

/** Statuses that depend on the call are handled in `codeOf`. */
const codes: Readonly<Record<status, ErrorCode>> = {
  [status.OK]: 'internal',
  [status.CANCELLED]: 'unreachable',
  [status.UNKNOWN]: 'internal',
  [status.INVALID_ARGUMENT]: 'message-refused',
  [status.DEADLINE_EXCEEDED]: 'timed-out',
  [status.NOT_FOUND]: 'not-found',
  [status.ALREADY_EXISTS]: 'already-exists',
  [status.PERMISSION_DENIED]: 'login-refused',
  [status.RESOURCE_EXHAUSTED]: 'message-too-large',
  [status.FAILED_PRECONDITION]: 'internal',
  [status.ABORTED]: 'internal',
  [status.OUT_OF_RANGE]: 'internal',
  [status.UNIMPLEMENTED]: 'unsupported',
  [status.INTERNAL]: 'internal',
  [status.UNAVAILABLE]: 'unreachable',
  [status.DATA_LOSS]: 'internal',
  [status.UNAUTHENTICATED]: 'login-refused',
};

const roomPaths: ReadonlySet<string> = new Set(Object.values(rooms).map(({ path }) => path));

/** Calls that may be about a room which the user cannot see, or may not use. */
const callsAboutRooms: ReadonlySet<string> = new Set([
  ...roomPaths,
  ...Object.values(messages).map(({ path }) => path),
]);

const changesOfMessages: ReadonlySet<string> = new Set(
  [messages.edit, messages.delete, messages.react].map(({ path }) => path),
);

/** These differ from `codes` for calls about rooms. */
const codesOfRooms: Readonly<Partial<Record<status, ErrorCode>>> = {
  [status.NOT_FOUND]: 'no-such-room',
  [status.PERMISSION_DENIED]: 'not-permitted',
  [status.FAILED_PRECONDITION]: 'room-archived',
};

/** A user who is missing, or missing in the room, or a deleted message; otherwise there is no such room or message. */
const missingUser = /^no such user\b|is not a member|^this message was deleted$/;

/** After these it is unknown whether a sent message is in the log. */
const ambiguousStatuses: ReadonlySet<number> = new Set(
  Object.values(errorTraits)
    .filter(({ retry }: { retry: RetryPolicy }) => retry.ambiguous)
    .map(({ grpcStatus }) => status[grpcStatus]),
);

/** How the texts of grpc-js begin for a call that was never sent because there was no connection. */
const notSent = /^(No connection established|Name resolution failed|Deadline exceeded.*Waiting for LB pick)/s;

/** `name`: the server as `host:port`. */
export function statusError(
  ended: CallStatus,
  kind: CallKind,
  name: string,
  { proxy, method = '' }: CallRoute = {},
): ChatError {
  const { code, details } = ended;
  if (proxy && notSent.test(details))
    return proxyFailed(proxy, name, noConnection(details, proxyName(proxy)));
  if (kind === 'send' && ambiguousStatuses.has(code) && !notSent.test(details)) {
    return new ChatError(
      'may-not-have-arrived',
      `${plainText(details, name)}: the message may not have arrived`,
    );
  }
  const retryAfterMs = retryAfter(ended.metadata);
  const text = plainText(details, name);
  const errorCode = codeOf({ code, kind, method, text, retryAfterMs });
  switch (errorCode) {
    case 'login-refused':
      return new ChatError(errorCode, revocationIn(text) ?? 'wrong user or password', { cause: text });
    case 'unsupported':
      return unsupportedError(name, method, details);
    case 'unreachable':
      return new ChatError(errorCode, text || `lost the connection to ${name}`, {
        ...(text === noServer(name) && {
          hint: 'If it is a chat server with TLS: put https:// before the address.',
        }),
      });
    default:
      return new ChatError(errorCode, text, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
}

/** Why a login that was accepted before ends. Any other text is the server's own. */
function revocationIn(text: string): string | undefined {
  return Object.values(revocations).find((revocation) => revocation === text);
}

/** Every chat server has the methods of SimpleChat; only ours have the other services. */
function unsupportedError(name: string, method: string, details: string): ChatError {
  const reason = details === '' ? '' : `: ${plainText(details, name)}`;
  if (roomPaths.has(method) || method === messages.post.path) {
    return new ChatError('unsupported', 'this server has a single room', { cause: reason });
  }
  if (changesOfMessages.has(method))
    return new ChatError('unsupported', 'this server cannot change messages', { cause: reason });
  if (!method.startsWith(`/${simpleChatName}/`)) {
    return new ChatError('unsupported', `${name} does not offer this${reason}`);
  }
  const what = httpStatus.test(details) ? reason : `, although it speaks gRPC${reason}`;
  return new ChatError('unsupported', `${name} is not a chat server${what}`, {
    hint: `Check the address and the port: the server has no service ${simpleChatName}.`,
  });
}

type EndedCall = {
  readonly code: number;
  readonly kind: CallKind;
  readonly method: string;
  readonly text: string;
  readonly retryAfterMs: number | undefined;
};

function codeOf({ code, kind, method, text, retryAfterMs }: EndedCall): ErrorCode {
  const known = isStatus(code) ? code : status.UNKNOWN;
  if (known === status.RESOURCE_EXHAUSTED) {
    if (retryAfterMs !== undefined) return 'rate-limited';
    if (roomPaths.has(method) || method === messages.react.path) return 'limit-reached';
    // On a stream the server rejects the connection, for instance because of too many pings.
    return kind === 'send' ? 'message-too-large' : 'unreachable';
  }
  if (known === status.INVALID_ARGUMENT && roomPaths.has(method)) return 'usage';
  if (!callsAboutRooms.has(method)) return codes[known];
  if (known === status.NOT_FOUND && missingUser.test(text)) return 'not-found';
  return codesOfRooms[known] ?? codes[known];
}

/** Other gRPC implementations may use other numbers. */
function isStatus(code: number): code is status {
  return code in codes;
}

const httpStatus = /^Received HTTP status code (\d+)/;

/** The beginnings of grpc-js's texts for a connection that broke during a call. */
const brokenConnection =
  /^(Connection (dropped|closed)|Call (cancelled|ended)|Stream refused|Received RST_STREAM|Bandwidth exhausted|Write (error|failed)|Failed to start HTTP\/2|(read|write) E[A-Z]+|No status information|Channel closed)/i;

/** grpc-js's own texts are for programmers; a server's text is cut. */
function plainText(details: string, name: string): string {
  if (notSent.test(details)) return noConnection(details, name);
  if (brokenConnection.test(details)) return `lost the connection to ${name}`;
  if (details.startsWith('Deadline exceeded')) return `${name} does not answer`;
  const [, code] = httpStatus.exec(details) ?? [];
  return code === undefined ? shortened(details) : `it answers with HTTP status ${code}`;
}

function noConnection(details: string, name: string): string {
  if (details.includes('ECONNREFUSED')) return `nothing is listening on ${name}`;
  if (/Name resolution failed|ENOTFOUND|EAI_AGAIN/.test(details)) return `${name} was not found`;
  if (/EHOSTUNREACH|ENETUNREACH|ENETDOWN/.test(details)) return `no route to ${name}`;
  if (/ETIMEDOUT|Deadline/.test(details)) return `${name} does not answer`;
  return noServer(name);
}

/** The port is open but speaks another protocol, for instance TLS instead of plaintext. */
const noServer = (name: string): string => `cannot connect to ${name}`;

function retryAfter(metadata: Metadata): number | undefined {
  const value = Number(metadata.get(metadataKeys.retryAfterMs)[0] ?? NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

function shortened(details: string): string {
  return details.slice(0, maxDetailsCharacters);
}
