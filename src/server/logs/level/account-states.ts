import { decodeText, encodeText } from '../../../shared/text.js';
import type { AccountStateStore } from '../../messages/message-log.js';
import { unwritable } from '../appender.js';
import { accountStateKey, put } from './level-records.js';
import type { OrderedStore } from './ordered-store.js';
import { diskProblem } from './probe-disk.js';

/** The states of accounts in the database of the log. They are not flushed: the next message does that, or the system. */
export function createAccountStates(
  store: Pick<OrderedStore, 'read' | 'write'>,
  storageProblem: () => string | undefined,
): AccountStateStore {
  const load = async (account: string): Promise<string | undefined> => {
    try {
      const stored = await store.read(accountStateKey(account));
      return stored && decodeText(stored);
    } catch (error) {
      throw unwritable(diskProblem(error), error);
    }
  };

  return {
    load,
    async save(changes) {
      const problem = storageProblem();
      if (problem !== undefined) throw unwritable(problem);
      const operations = await Promise.all(
        [...changes].map(async ([account, change]) =>
          put(accountStateKey(account), encodeText(change(await load(account)))),
        ),
      );
      try {
        await store.write(operations, 'unflushed');
      } catch (error) {
        throw unwritable(diskProblem(error), error);
      }
    },
  };
}
