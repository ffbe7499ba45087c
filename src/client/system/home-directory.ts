import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/** This user's home directory; undefined where `HOME` does not name one and the system knows none. */
export function homeDirectory(): string | undefined {
  // An empty `HOME` is not set: the paths in it would start at the working directory.
  return [homedir, () => userInfo().homedir].map(absolutePath).find((path) => path !== undefined);
}

function absolutePath(look: () => string): string | undefined {
  try {
    const path = look();
    return isAbsolute(path) ? path : undefined;
  } catch {
    // A user without an entry in the system's list, as in a container that runs under any number.
    return undefined;
  }
}
