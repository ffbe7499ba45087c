import { JetStreamApiError, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { isStreamMissing } from '../../nats/nats-request.js';
import { identityOf, type StreamIdentity } from './stream-config.js';
import type { LogTail } from '../log-tail.js';

/** Watches the stream: whether it answers, and whether it is still the same one. */
export type StreamWatch = {
  /** Checks now. Resolves with false if the stream was replaced; rejects if it does not answer or has not caught up. */
  readonly check: () => Promise<boolean>;
  /** Why nothing can be stored at the moment, for users; undefined while it can. */
  problem(): string | undefined;
  /** True from the moment when another stream, or other messages under sequences shown here, were found. */
  isReplaced(): boolean;
  /** Reports that publishing failed: unhealthy for `failureTimeoutMs`, or until a publication succeeds. */
  failed(error: unknown): void;
  succeeded(): void;
  /** New messages do not arrive here, so no append can be answered: that waits for its message. */
  readonly consumerFailed: (error: unknown) => void;
  readonly consumerStarted: () => void;
  readonly replaced: () => void;
  stop(): void;
};

/** Notifies the operator. */
export type StreamReports = {
  readonly onUnwritable: (error: unknown) => void;
  readonly onWritable: () => void;
  /** The stream is another one: sending is rejected until this server is restarted. */
  readonly onReplaced: (stream: string) => void;
  /** What was deleted could not be erased. Once, until it succeeds again. */
  readonly onNotErased: (error: unknown) => void;
};

const checkIntervalMs = 2000;
/** A stream that answers may still reject messages: after a failure it counts as healthy only after this time. */
const failureTimeoutMs = 10_000;

export const replacedProblem = 'its stream in NATS was replaced: it must be restarted';

/** A failed publication or request in words for users. */
export function natsProblem(error: unknown): string {
  if (error instanceof JetStreamApiError) {
    return /insufficient|maximum|resource/i.test(error.message)
      ? 'NATS has no space left'
      : 'NATS rejects them';
  }
  return 'NATS does not answer';
}

/** `onInfo` gets each state of the stream. `onStalled` is called if the stream has new messages and the tail does not. */
export function startStreamWatch(options: {
  readonly manager: Pick<JetStreamManager, 'streams'>;
  readonly stream: string;
  readonly identity: StreamIdentity;
  readonly tail: Pick<LogTail, 'head'>;
  readonly reports: StreamReports;
  readonly onInfo: (info: StreamInfo) => void;
  readonly onStalled: () => void;
}): StreamWatch {
  const { manager, stream, identity, tail, reports, onInfo, onStalled } = options;
  let problem: string | undefined;
  let isReplaced = false;
  let isConsuming = true;
  let stopped = false;
  let lastHead = -1;
  let failedAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const setHealthy = (healthy: boolean, error?: unknown): void => {
    if (healthy === (problem === undefined) || stopped || isReplaced) return;
    problem = healthy ? undefined : natsProblem(error);
    if (healthy) reports.onWritable();
    else reports.onUnwritable(error);
  };

  const replaced = (): void => {
    if (isReplaced || stopped) return;
    isReplaced = true;
    problem = replacedProblem;
    reports.onReplaced(stream);
  };

  const examine = (info: StreamInfo, headBefore: number): void => {
    const now = identityOf(info);
    const isSame = now.subject === identity.subject && now.created === identity.created;
    if (!isSame) {
      replaced();
      return;
    }
    // A new leader may need a moment to catch up. If messages are lost, their sequences will be reused.
    if (info.state.last_seq < headBefore) {
      throw new Error(`the stream ${stream} has fewer messages than were shown here`);
    }
    onInfo(info);
    const isBehind = info.state.last_seq > headBefore && tail.head() === lastHead;
    lastHead = headBefore;
    if (isBehind) onStalled();
    if (isConsuming && performance.now() - failedAt > failureTimeoutMs) setHealthy(true);
  };

  const check = async (): Promise<boolean> => {
    if (isReplaced) return false;
    const headBefore = tail.head();
    try {
      examine(await manager.streams.info(stream), headBefore);
    } catch (error) {
      // A cluster that is starting may not know the stream yet: only another stream proves that it was deleted.
      setHealthy(false, isStreamMissing(error) ? new Error(`the stream ${stream} is gone`) : error);
      throw error;
    }
    return !isReplaced;
  };

  const scheduleCheck = (): void => {
    timer = setTimeout(() => {
      void check()
        .catch(() => undefined)
        .finally(() => {
          if (!stopped && !isReplaced) scheduleCheck();
        });
    }, checkIntervalMs);
  };
  scheduleCheck();

  return {
    check,
    problem: () => problem,
    isReplaced: () => isReplaced,
    failed(error) {
      failedAt = performance.now();
      setHealthy(false, error);
    },
    succeeded() {
      failedAt = -Infinity;
      if (isConsuming) setHealthy(true);
    },
    consumerFailed(error) {
      isConsuming = false;
      setHealthy(false, error);
    },
    consumerStarted: () => void (isConsuming = true),
    replaced,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
