import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { decodeMessage, emptyMessage } from '../../shared/codec.js';
import type { ContentLimits } from '../../shared/message-rules.js';
import { metadataKeys } from '../../shared/services.js';
import type { Caller } from './caller.js';
import { streamHandler, unaryHandler, type OnFailure } from './grpc-handler.js';
import { checkMessageFields } from '../limits/message-fields.js';
import type { MessageLog } from '../messages/message-log.js';
import type { Presence } from '../messages/presence.js';
import type { ResumeRequest } from '../messages/resume.js';
import type { Room } from '../messages/room.js';
import type { Subscriptions } from '../streams/subscription.js';

type ChatServiceOptions = {
  readonly room: Room;
  readonly log: MessageLog;
  readonly subscriptions: Subscriptions;
  readonly presence: Presence;
  readonly limits: ContentLimits;
  readonly onFailure: OnFailure;
};

/** The base service, `SimpleChat`: decode, call, encode. */
export function createChatService(options: ChatServiceOptions): UntypedServiceImplementation {
  const { room, log, subscriptions, presence, limits, onFailure } = options;

  return {
    sendMessage: unaryHandler(async (request, { name }) => {
      checkMessageFields(request);
      const { sequence } = await room.post(name, decodeMessage(request));
      return { response: emptyMessage, trailers: { [metadataKeys.sequence]: String(sequence) } };
    }, onFailure),

    messageList: streamHandler(async (_request, response, caller) => {
      const { name, signal } = caller;
      const start = await room.start(resumeRequest(caller));
      const { head, digest } = await room.newest();
      response.sendMetadata({
        [metadataKeys.logId]: log.logId,
        [metadataKeys.head]: String(head),
        ...(digest !== undefined && { [metadataKeys.headDigest]: digest }),
        [metadataKeys.maxText]: String(limits.maxTextBytes),
        [metadataKeys.maxImage]: String(limits.maxImageBytes),
        ...(start.kind !== 'history' && { [metadataKeys.resumed]: String(start.kind === 'resumed') }),
      });
      const leave = presence.join(name);
      try {
        await subscriptions.run({ after: start.after, writer: response.writer }, signal);
      } finally {
        leave();
      }
    }, onFailure),
  };
}

function resumeRequest({ metadata }: Caller): ResumeRequest {
  return {
    logId: metadata.get(metadataKeys.logId)[0]?.toString(),
    resumeAfter: metadata.get(metadataKeys.resumeAfter)[0]?.toString(),
    resumeDigest: metadata.get(metadataKeys.resumeDigest)[0]?.toString(),
  };
}
