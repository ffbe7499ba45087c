import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { decodeMessage, emptyMessage } from '../../shared/codec.js';
import { lobby } from '../../shared/message.js';
import type { ContentLimits } from '../../shared/message-rules.js';
import { metadataKeys } from '../../shared/services.js';
import type { Caller } from './caller.js';
import { streamHandler, unaryHandler, type OnFailure } from './grpc-handler.js';
import { checkMessageFields } from '../limits/message-fields.js';
import type { MessageLog } from '../messages/message-log.js';
import type { Presence } from '../messages/presence.js';
import type { PostMessage } from '../messages/post-message.js';
import type { ResumeRequest, Start, StreamStarts } from '../messages/stream-start.js';
import type { OwnStates } from '../rooms/own-state.js';
import type { Subscriptions } from '../streams/subscription.js';

type ChatServiceOptions = {
  readonly post: PostMessage;
  readonly noteSent: OwnStates['noteSent'];
  readonly starts: StreamStarts;
  readonly log: MessageLog;
  readonly subscriptions: Subscriptions;
  readonly presence: Presence;
  readonly limits: ContentLimits;
  readonly onFailure: OnFailure;
};

/** The base service, `SimpleChat`: decode, call, encode. */
export function createChatService(options: ChatServiceOptions): UntypedServiceImplementation {
  const { post, noteSent, starts, log, subscriptions, presence, limits, onFailure } = options;

  const startInLobby = async (caller: Caller): Promise<StreamStart> => ({
    start: await starts.start(resumeRequest(caller)),
    ...(await starts.newest()),
  });

  /** Without a history, which comes in pages: at the head, unless it resumes. */
  const startWithRooms = async (caller: Caller): Promise<StreamStart> => {
    const start = await starts.resume(resumeRequest(caller));
    const isAll = isSet(caller, metadataKeys.resumeAll, '1');
    const isResumed =
      start.kind === 'resumed' && (isAll || (await subscriptions.canResume(caller.account, start.after)));
    const head = log.head();
    const digest = await starts.digest(head);
    if (isResumed) return { start, head, digest };
    return { start: { kind: start.kind === 'history' ? 'history' : 'reset', after: head }, head, digest };
  };

  return {
    sendMessage: unaryHandler(async (request, { account, name }) => {
      checkMessageFields(request);
      const { sequence } = await post(name, decodeMessage(request));
      noteSent(account, lobby, sequence);
      return { response: emptyMessage, trailers: { [metadataKeys.sequence]: String(sequence) } };
    }, onFailure),

    messageList: streamHandler(async (_request, response, caller) => {
      const { account, name, signal } = caller;
      const withRooms = isSet(caller, metadataKeys.rooms, '1');
      const { start, head, digest } = await (withRooms ? startWithRooms(caller) : startInLobby(caller));
      response.sendMetadata({
        [metadataKeys.logId]: log.logId,
        [metadataKeys.head]: String(head),
        ...(digest !== undefined && { [metadataKeys.headDigest]: digest }),
        [metadataKeys.maxText]: String(limits.maxTextBytes),
        [metadataKeys.maxImage]: String(limits.maxImageBytes),
        ...(start.kind !== 'history' && { [metadataKeys.resumed]: String(start.kind === 'resumed') }),
        ...(withRooms && { [metadataKeys.rooms]: '1' }),
      });
      const isPresent = !isSet(caller, metadataKeys.present, '0');
      const leave = isPresent ? presence.join(name) : undefined;
      const { after } = start;
      try {
        await subscriptions.run(
          { after, account: withRooms ? account : undefined, writer: response.writer },
          signal,
        );
      } finally {
        leave?.();
      }
    }, onFailure),
  };
}

type StreamStart = {
  readonly start: Start & { readonly after: number };
  readonly head: number;
  readonly digest: string | undefined;
};

function isSet({ metadata }: Caller, key: string, value: string): boolean {
  return metadata.get(key)[0]?.toString() === value;
}

function resumeRequest({ metadata }: Caller): ResumeRequest {
  return {
    logId: metadata.get(metadataKeys.logId)[0]?.toString(),
    resumeAfter: metadata.get(metadataKeys.resumeAfter)[0]?.toString(),
    resumeDigest: metadata.get(metadataKeys.resumeDigest)[0]?.toString(),
  };
}
