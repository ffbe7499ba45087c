import type { ChatError } from '../../shared/errors.js';
import { messageDigest } from '../../shared/message-digest.js';
import { defaultLimits } from '../../shared/message-rules.js';
import { nextAttempt, reconnectDelay } from '../connection/backoff.js';
import type { Cursor, Opened } from '../connection/port.js';
import { resumeAfter } from '../connection/read-position.js';
import { disconnected, refuse } from './disconnect.js';
import type { Context, Update } from './effects.js';
import { dropDelivered, failUnrepeatable, release } from './outbox.js';
import { sendNext } from './queue.js';
import type { SessionState } from './state.js';
import { openTimeline } from './timeline.js';

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
  const [next, effects] = sendNext({
    ...state,
    phase: { type: 'live', since: context.now, attempts: phase.type === 'reconnecting' ? phase.attempt : 0 },
    server,
    logId,
    head,
    headDigest,
    limits: {
      maxTextBytes: maxTextBytes ?? defaultLimits.maxTextBytes,
      maxImageBytes: maxImageBytes ?? defaultLimits.maxImageBytes,
    },
    timeline: openTimeline(state.timeline, resumed, head),
    outbox: failUnrepeatable(release(kept), { before: state.logId, now: logId }, context),
    previousPage: resumed ? state.previousPage : { type: 'more' },
    excerpt: resumed ? state.excerpt : undefined,
  });
  return [next, [{ type: 'stop-waiting', timer: 'send' }, { type: 'watch-online' }, ...effects]];
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
  const { logId, timeline } = state;
  if (logId === undefined || timeline.position.readUpTo === undefined) return undefined;
  const after = resumeAfter(timeline.position);
  return { logId, after, digest: digestAt(state, after) };
}

/** For an empty timeline only the server's own digest is known. */
function digestAt({ timeline, head, headDigest }: SessionState, sequence: number): string | undefined {
  const newest = timeline.items.at(timeline.items.length - 1)?.message;
  if (newest?.sequence === sequence) return messageDigest(newest);
  return head === sequence ? headDigest : undefined;
}
