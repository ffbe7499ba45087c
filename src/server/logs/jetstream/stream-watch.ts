import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { isStreamMissing } from '../../nats/nats-request.js';
import { identityOf, type StreamIdentity } from './stream-config.js';
import type { StreamTail } from './stream-tail.js';

/** Keeps an eye on the stream: whether it answers, and whether it is still the same. */
export type StreamWatch = {
  /** Looks now. False if this is another stream for good. Rejects where it does not answer, or not with all of it. */
  readonly check: () => Promise<boolean>;
  /** It answers, and it is the same. */
  isHealthy(): boolean;
  /** Another stream stands in its place, or other messages in the place of those shown: never again. */
  isReplaced(): boolean;
  /** Says that a publication failed: not well for a while, or until one succeeds. */
  failed(error: unknown): void;
  succeeded(): void;
  /** Says that what is appended anywhere does not come here, until it does: what is not seen cannot be answered. */
  readonly consumerFailed: (error: unknown) => void;
  readonly consumerStarted: () => void;
  /** Says that another stream's sequence or message came. */
  readonly replaced: () => void;
  stop(): void;
};

/** What the operator should hear of. */
export type StreamReports = {
  /** Messages cannot be appended at the moment. */
  readonly onUnwritable: (error: unknown) => void;
  readonly onWritable: () => void;
  /** The stream is another one: this server refuses to send until it is started again. */
  readonly onReplaced: (stream: string) => void;
};

/** How often the stream is looked at, in milliseconds. */
const checkIntervalMs = 2000;
/** A stream that can be looked at may still refuse messages: after a failure it is tried again only then. */
const failureTimeoutMs = 10_000;

/** Starts to look. `onStalled` is called where the stream went on and the tail did not. */
export function startStreamWatch(options: {
  readonly manager: Pick<JetStreamManager, 'streams'>;
  readonly stream: string;
  readonly identity: StreamIdentity;
  readonly tail: StreamTail;
  readonly reports: StreamReports;
  readonly onStalled: () => void;
}): StreamWatch {
  const { manager, stream, identity, tail, reports, onStalled } = options;
  let isHealthy = true;
  let isReplaced = false;
  let isConsuming = true;
  let stopped = false;
  let lastHead = -1;
  let failedAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const setHealthy = (healthy: boolean, error?: unknown): void => {
    if (healthy === isHealthy || stopped || isReplaced) return;
    isHealthy = healthy;
    if (healthy) reports.onWritable();
    else reports.onUnwritable(error);
  };

  const replaced = (): void => {
    if (isReplaced || stopped) return;
    isReplaced = true;
    isHealthy = false;
    reports.onReplaced(stream);
  };

  const take = (info: StreamInfo, headBefore: number): void => {
    const now = identityOf(info);
    const isSame = now.subject === identity.subject && now.created === identity.created;
    if (!isSame) {
      replaced();
      return;
    }
    // A new leader may need a moment to come by all it has. If messages are lost, their sequences will be given again.
    if (info.state.last_seq < headBefore) {
      throw new Error(`the stream ${stream} has fewer messages than were shown here`);
    }
    tail.dropBelow(info.state.first_seq);
    const isBehind = info.state.last_seq > headBefore && tail.head() === lastHead;
    lastHead = headBefore;
    if (isBehind) onStalled();
    if (isConsuming && performance.now() - failedAt > failureTimeoutMs) setHealthy(true);
  };

  const check = async (): Promise<boolean> => {
    if (isReplaced) return false;
    const headBefore = tail.head();
    try {
      take(await manager.streams.info(stream), headBefore);
    } catch (error) {
      // A cluster that starts may not know of it yet: whether it is gone shows when there is another one.
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
    isHealthy: () => isHealthy,
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
