import type { ChatError } from '../../shared/errors.js';
import { messageDigest } from '../../shared/message-digest.js';
import { defaultLimits } from '../../shared/message-rules.js';
import { nextAttempt, reconnectDelay } from '../connection/backoff.js';
import type { Cursor, Opened } from '../connection/port.js';
import { nothingRead, resumeAfter, type ReadPosition } from '../connection/read-position.js';
import { disconnected, refuse } from './disconnect.js';
import type { Context, Update } from './effects.js';
import { dropDelivered, failUnrepeatable, release } from './outbox.js';
import { sendNext } from './queue.js';
import type { SessionState } from './state.js';
import { loadFirstPage, withOpenedRooms } from './rooms.js';

/** Does not wait for the next scheduled attempt. */
export function connect(state: SessionState): Update {
  const { phase } = state;
  return [
    {
      ...state,
      phase: phase.type === 'reconnecting' ? { ...phase, retryAt: undefined } : { type: 'connecting' },
      online: undefined,
      storageProblem: undefined,
    },
    [
      { type: 'stop-waiting', timer: 'reconnect' },
      { type: 'subscribe', cursor: cursorOf(state) },
    ],
  ];
}

export function retry(state: SessionState): Update {
  return state.phase.type === 'reconnecting' ? connect(state) : [state, []];
}

/** The session is live, and sends its outbox. */
export function opened(state: SessionState, answer: Opened, context: Context): Update {
  const { phase } = state;
  const { logId, head, headDigest, resumed, maxTextBytes, maxImageBytes, server } = answer;
  const kept = resumed ? state.outbox : dropDelivered(state.outbox);
  const [next, pages] = loadFirstPage({
    ...withOpenedRooms(state, answer, context.wall),
    position: positionAt(state.position, answer),
    phase: { type: 'live', since: context.now, attempts: phase.type === 'reconnecting' ? phase.attempt : 0 },
    server,
    logId,
    head,
    headDigest,
    limits: {
      maxTextBytes: maxTextBytes ?? defaultLimits.maxTextBytes,
      maxImageBytes: maxImageBytes ?? defaultLimits.maxImageBytes,
    },
    outbox: failUnrepeatable(release(kept), { before: state.logId, now: logId }, context),
  });
  const [sending, effects] = sendNext(next);
  return [sending, [{ type: 'stop-waiting', timer: 'send' }, { type: 'watch-online' }, ...pages, ...effects]];
}

/** A stream of rooms starts at the head; any other with a history, unless it resumed. */
function positionAt(position: ReadPosition, { resumed, head, hasRooms }: Opened): ReadPosition {
  if (resumed) return { ...position, startsNewList: false };
  if (!hasRooms) return { ...nothingRead, historyEnd: head };
  return { ...nothingRead, readUpTo: head, startsNewList: false, historyEnd: head };
}

/** Schedules another attempt, unless the failure is permanent. */
export function lost(state: SessionState, reason: ChatError, { now, random }: Context): Update {
  if (reason.retry.permanent) return refuse(state, reason);
  const attempt = attemptAfter(state, now);
  // If no server answered, the last attempt tried all of them.
  const others = state.phase.type === 'live' ? (state.server?.others ?? 0) : 0;
  const milliseconds = reconnectDelay({ attempt, others, reason }, random);
  return [
    { ...disconnected(state), phase: { type: 'reconnecting', attempt, retryAt: now + milliseconds, reason } },
    [{ type: 'unsubscribe' }, { type: 'wait', timer: 'reconnect', milliseconds }],
  ];
}

const maxFailuresBeforeLeaving = 2;

/** Leaves a server that keeps its stream open but cannot store messages. */
export function leaveFailingServer([state, effects]: Update, reason: ChatError, context: Context): Update {
  const { phase, server, outbox } = state;
  const isFailing = outbox.failures >= maxFailuresBeforeLeaving && reason.code !== 'rate-limited';
  if (phase.type !== 'live' || !server?.others || !isFailing) return [state, effects];
  const [left, more] = lost({ ...state, outbox: { ...outbox, failures: 0 } }, reason, context);
  return [left, [...effects, ...more]];
}

function attemptAfter({ phase }: SessionState, now: number): number {
  switch (phase.type) {
    case 'live':
      return nextAttempt(phase.attempts, now - phase.since);
    case 'reconnecting':
      return nextAttempt(phase.attempt, undefined);
    default:
      return 1;
  }
}

function cursorOf(state: SessionState): Cursor | undefined {
  const { logId, position } = state;
  if (logId === undefined || position.readUpTo === undefined) return undefined;
  const after = resumeAfter(position);
  return { logId, after, digest: digestAt(state, after) };
}

/** Without a message only the server's own digest is known. Only plain messages of the lobby have one. */
function digestAt({ newestPlain, head, headDigest }: SessionState, sequence: number): string | undefined {
  if (newestPlain?.sequence === sequence) return messageDigest(newestPlain);
  return head === sequence ? headDigest : undefined;
}
