import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Clock } from '../../shared/clock.js';
import { createPresenceUpdates } from '../messages/presence-updates.js';
import type { Presence } from '../messages/presence.js';
import type { StorageStatus } from '../messages/storage-status.js';
import { streamHandler, writeUntilDrained, type OnFailure } from './grpc-handler.js';

type PresenceServiceOptions = {
  readonly presence: Presence;
  readonly storageStatus: StorageStatus;
  readonly clock: Clock;
  readonly onFailure: OnFailure;
};

/** The service `Presence`. */
export function createPresenceService(options: PresenceServiceOptions): UntypedServiceImplementation {
  const { presence, storageStatus, clock, onFailure } = options;
  const updates = createPresenceUpdates(presence, storageStatus, clock);
  return {
    watch: streamHandler(async (_request, response, { signal }) => {
      for await (const update of updates.follow(signal)) await writeUntilDrained(response, update, signal);
    }, onFailure),
  };
}
