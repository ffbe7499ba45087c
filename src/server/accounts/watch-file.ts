import { stat } from 'node:fs/promises';
import { errorCode } from '../../shared/error-code.js';

type FileWatcher = {
  /** Called for each new state of the file, and again after it threw. */
  changed: () => Promise<void>;
  /** Called with what `changed` threw, once per state of the file. */
  broken: (error: Error) => void;
};

// A change must be seen within a second, and not every file system sends notifications.
const pollIntervalMs = 250;
const missing = 'missing';

/** Does not keep the process alive. The first poll calls `changed` too, unless the file is missing. */
export function watchFile(path: string, { changed, broken }: FileWatcher): () => void {
  let used = missing;
  let reported: string | undefined;
  let checking = false;
  let stopped = false;

  async function check(): Promise<void> {
    const state = await stateOf(path);
    if (state === used || stopped) return;
    try {
      await changed();
      used = state;
      reported = undefined;
    } catch (error) {
      if (state !== reported) broken(error instanceof Error ? error : new Error(String(error)));
      reported = state;
    }
  }

  const timer = setInterval(() => {
    if (checking) return;
    checking = true;
    void check().finally(() => {
      checking = false;
    });
  }, pollIntervalMs).unref();

  return () => {
    stopped = true;
    clearInterval(timer);
  };
}

/** Never rejects: an unreadable directory is a state too. */
async function stateOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? missing : String(error);
  }
}
