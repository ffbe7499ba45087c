import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

export function homeDirectory(): string | undefined {
  // With an empty `HOME`, paths would start at the working directory.
  return [homedir, () => userInfo().homedir].map(absolutePath).find((path) => path !== undefined);
}

function absolutePath(find: () => string): string | undefined {
  try {
    const path = find();
    return isAbsolute(path) ? path : undefined;
  } catch {
    // The user id has no entry in the system's list, for instance in a container.
    return undefined;
  }
}
