import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { createMutex } from '../../shared/async/mutex.js';
import type { Clock } from '../../shared/clock.js';
import { emptyMessage } from '../../shared/codec.js';
import { decodeTypingNotice } from '../../shared/presence-update.js';
import { createPresenceUpdates } from '../messages/presence-updates.js';
import type { Presence } from '../messages/presence.js';
import type { StorageStatus } from '../messages/storage-status.js';
import type { OwnUpdates } from '../rooms/own-updates.js';
import type { TypingNotices } from '../rooms/typing.js';
import { streamHandler, unaryHandler, writeUntilDrained, type OnFailure } from './grpc-handler.js';

type PresenceServiceOptions = {
  readonly presence: Presence;
  readonly storageStatus: StorageStatus;
  readonly ownUpdates: OwnUpdates;
  readonly typing: TypingNotices;
  readonly clock: Clock;
  readonly onFailure: OnFailure;
};

/** The service `Presence`. */
export function createPresenceService(options: PresenceServiceOptions): UntypedServiceImplementation {
  const { presence, storageStatus, ownUpdates, typing, clock, onFailure } = options;
  const updates = createPresenceUpdates(presence, storageStatus, clock);
  return {
    watch: streamHandler(async (_request, response, { account, signal }) => {
      const inTurn = createMutex();
      const write = (update: Uint8Array): Promise<void> =>
        inTurn(() => writeUntilDrained(response, update, signal));
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const online = async (): Promise<void> => {
        try {
          for await (const update of updates.follow(signal)) {
            await write(update);
            open();
          }
        } finally {
          open();
        }
      };
      const own = async (): Promise<void> => {
        for await (const update of ownUpdates.follow(account, signal)) {
          await opened;
          await write(update);
        }
      };
      await Promise.all([online(), own()]);
    }, onFailure),

    typing: unaryHandler((request, { account, name }) => {
      typing.notice({ account, name }, decodeTypingNotice(request));
      return Promise.resolve({ response: emptyMessage });
    }, onFailure),
  };
}
