import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import { presence as presenceDefinition, simpleChat } from '../../shared/services.js';
import type { AccountNames } from '../accounts/account-names.js';
import type { Authenticator } from '../accounts/authenticator.js';
import { createAddressLimits } from '../net/address-limits.js';
import { createCallInterceptor } from '../grpc/call-interceptor.js';
import { createChatService } from '../grpc/chat-service.js';
import { createConnections, type Connections } from '../net/connections.js';
import type { OnFailure } from '../grpc/grpc-handler.js';
import { createGrpcServer, type GrpcServer } from '../grpc/grpc-server.js';
import { createHealth, type Health } from '../grpc/health.js';
import { createMessagesService, messagesDefinition } from '../grpc/messages-service.js';
import { createPresenceService } from '../grpc/presence-service.js';
import { createRoomsService, roomsDefinition } from '../grpc/rooms-service.js';
import type { FoldedLog } from '../rooms/folded-log.js';
import { createMetrics, type Metrics } from '../metrics/metrics.js';
import { createInFlightCalls, type InFlightCalls } from '../grpc/in-flight-calls.js';
import type { Peers, Presence } from '../messages/presence.js';
import { createUnauthenticatedMethods } from '../grpc/unauthenticated-methods.js';
import { createByteBudget } from '../limits/byte-budget.js';
import { createCallLimits, createOwnRates, memoryLimits } from '../limits/call-limits.js';
import { createIncomingRequests } from '../limits/incoming-requests.js';
import { createOutgoingMessages } from '../limits/outgoing-messages.js';
import { createRateLimit } from '../limits/rate-limit.js';
import { createUncheckedRequests } from '../limits/unchecked-requests.js';
import { addReflection } from '../grpc/reflection.js';
import { createPostMessage } from '../messages/post-message.js';
import { createStreamStarts } from '../messages/stream-start.js';
import { createMessageChanges } from '../rooms/message-changes.js';
import { createOwnStates } from '../rooms/own-state.js';
import { createOwnUpdates } from '../rooms/own-updates.js';
import type { ReadMarks } from '../rooms/read-marks.js';
import { createRoomActions } from '../rooms/room-actions.js';
import { createPostToRoom } from '../rooms/room-posts.js';
import { createTypingNotices } from '../rooms/typing.js';
import { createUnreadCounts } from '../rooms/unread-counts.js';
import { createServerLog } from './server-log.js';
import type { ServerOptions } from './server-options.js';
import { watchStorage } from '../messages/storage-status.js';
import { createSubscriptions } from '../streams/subscription.js';
import { raceTimeout } from '../../shared/async/with-timeout.js';

/** Everything between accepted connections and the log. */
export type ChatServer = {
  /** False: rejected. `address`: the client's, if a load balancer is in between. */
  accept(socket: Socket, address?: string): boolean;
  serve(socket: Socket): void;
  acceptFailed(error: Error): void;
  proxyHeaderMissing(address: string): void;
  readonly metrics: Metrics;
  /** Answers the calls in flight, ends the streams and closes the connections. */
  close(): Promise<void>;
};

type ChatServerParts = {
  readonly log: FoldedLog;
  readonly accounts: Authenticator;
  readonly presence: Presence;
  readonly peers: Peers;
  readonly marks: ReadMarks;
  readonly clock: Clock;
};

/** Connects the gRPC services with the log and the accounts. */
export function createChatServer(
  options: ServerOptions,
  { log, accounts, presence, peers, marks, clock }: ChatServerParts,
): ChatServer {
  const { limits, maxHistoryMessages } = options;
  const serverLog = createServerLog(options.logger, clock);
  const stopping = new AbortController();
  const subscriptions = createSubscriptions(log, stopping.signal, clock);
  const caps = { total: options.maxConnections, perAddress: options.maxConnectionsPerAddress };
  const connections = createConnections({
    limits: createAddressLimits(caps),
    clock,
    onRejected(address) {
      metrics.connectionRejected();
      serverLog.connectionRejected(address);
    },
  });
  const memory = {
    unchecked: createUncheckedRequests(memoryLimits.unchecked),
    accounts: createByteBudget(memoryLimits.requests),
    outgoing: createByteBudget(memoryLimits.outgoing),
  };
  const rateLimit = createRateLimit(options.maxMessagesPerSecond, clock);
  const ownRates = createOwnRates(options.maxMessagesPerSecond, clock);
  const requests = createIncomingRequests({
    ...memory,
    rateLimit,
    clock,
  });
  const outgoing = createOutgoingMessages(memory.outgoing, clock);
  const metrics = createMetrics({ connections, subscriptions, requests, memory });
  const inFlightCalls = createInFlightCalls();
  const interceptor = createCallInterceptor({
    accounts,
    inFlightCalls,
    unauthenticatedMethods: createUnauthenticatedMethods(),
    limitsOf: createCallLimits(limits, options.maxStreamsPerUser, ownRates),
    requests,
    outgoing,
    clock,
    onCall: (connection) => connections.noteCall(connection),
    onLogin(session) {
      if (session) grpc.widen(session);
    },
    onRejected(error, address) {
      metrics.refused(error.code);
      serverLog.refused(error, address);
    },
  });
  const onFailure: OnFailure = (method, error) => {
    metrics.refused(error.code);
    serverLog.failed(method, error);
  };

  const { rooms } = log;
  const onAppended = (milliseconds: number, kind: number): void => metrics.appended(milliseconds, kind);
  const post = createPostMessage({ log, limits, clock, onAppended });
  const starts = createStreamStarts(log, maxHistoryMessages);
  const names = (): AccountNames => accounts.names();
  const actions = createRoomActions({ log, names, clock, onAppended });
  const ownStates = createOwnStates({ rooms, marks, counts: createUnreadCounts(log), clock });
  const { noteSent } = ownStates;
  const postToRoom = createPostToRoom(log, post, names, noteSent);
  const changes = createMessageChanges({ log, names, limits, clock, onAppended });
  const shared = { log, presence, onFailure };
  const storageStatus = watchStorage(log, clock);
  const ownUpdates = createOwnUpdates({ rooms, marks, storageProblem: storageStatus.get });
  const typing = createTypingNotices({ rooms, peers, clock, deliver: ownUpdates.typing });
  const health = createHealth(storageStatus);
  const grpc = createGrpcServer({
    limits,
    interceptors: [interceptor],
    keepalive: options.keepalive,
    clock,
    onBrokenConnection(connection) {
      metrics.connectionRejected();
      serverLog.connectionBroken(connections.addressOf(connection));
    },
  });
  grpc.server.addService(
    simpleChat,
    createChatService({ ...shared, post, noteSent, starts, subscriptions, limits }),
  );
  grpc.server.addService(
    messagesDefinition,
    createMessagesService({ ...shared, rooms, post: postToRoom, changes, rateLimit, clock }),
  );
  grpc.server.addService(
    roomsDefinition,
    createRoomsService({ ...shared, names, actions, ownStates, clock }),
  );
  grpc.server.addService(
    presenceDefinition,
    createPresenceService({ ...shared, storageStatus, ownUpdates, typing, clock }),
  );
  health.addTo(grpc.server);
  addReflection(grpc.server);

  return {
    accept: (socket, address) => connections.accept(socket, address),
    serve: (socket) => grpc.accept(socket),
    acceptFailed(error) {
      metrics.connectionRejected();
      serverLog.acceptFailed(error);
    },
    proxyHeaderMissing(address) {
      metrics.connectionRejected();
      serverLog.proxyHeaderMissing(address);
    },
    metrics,
    async close() {
      storageStatus.stop();
      await shutDown({ health, inFlightCalls, stopping, grpc, connections }, clock);
      requests.stop();
      outgoing.stop();
    },
  };
}

type Running = {
  readonly health: Health;
  readonly inFlightCalls: InFlightCalls;
  readonly stopping: AbortController;
  readonly grpc: GrpcServer;
  readonly connections: Connections;
};

/** With `logCloseTimeoutMs` these are less than 5 s. */
const answerTimeoutMs = 2500;
const closeTimeoutMs = 1000;

/** Answers calls in flight, ends streams with `UNAVAILABLE`, then destroys the connections that are left. */
async function shutDown(running: Running, clock: Clock): Promise<void> {
  const { health, inFlightCalls, stopping, grpc, connections } = running;
  health.drain();
  const deadlinePassed = new AbortController();
  const stopWaiting = clock.after(answerTimeoutMs, () => deadlinePassed.abort());
  await inFlightCalls.drain(deadlinePassed.signal);
  stopWaiting();
  stopping.abort();
  // From Node 24 on, grpc-js reports a connection as closed before its last trailers are written.
  await raceTimeout(closeTimeoutMs, Promise.all([grpc.close(), connections.allClosed()]), clock);
  connections.destroyAll();
}
