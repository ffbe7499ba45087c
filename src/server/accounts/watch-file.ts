import { stat } from 'node:fs/promises';
import { errorCode } from '../../shared/error-code.js';

/** What `watchFile` calls. */
export type FileWatcher = {
  /** Called for every state of the file that differs from the last one used; called again after it threw. */
  changed: () => Promise<void>;
  /** Called with what `changed` threw, once for each state of the file. */
  broken: (error: Error) => void;
};

// A change must be known within a second; notifications would be sooner, but not every file system sends them.
const pollIntervalMs = 250;
const missing = 'missing';

/**
 * Looks at a file's identity, size and times four times a second, without keeping the process alive, and calls
 * `changed` at the first look too unless the file is missing. The returned function stops it.
 */
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

/** What tells two states of a file apart. It never rejects: an unreadable directory is a state too. */
async function stateOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? missing : String(error);
  }
}
