import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/** Undefined if neither `HOME` nor the system names one. */
export function homeDirectory(): string | undefined {
  // With an empty `HOME`, paths would start at the working directory.
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
