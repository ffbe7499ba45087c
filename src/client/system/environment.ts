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

type Environment = Readonly<Record<string, string | undefined>>;

/** Without our password and the variables of a parent `chat connect --exec`. */
export function programEnvironment(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)));
}

/** For programs that libraries start: removes the same variables from the environment of this process. */
export function cleanEnvironment(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env).filter(isOurs)) Reflect.deleteProperty(env, name);
}

function isOurs(name: string): boolean {
  return name === 'CHAT_PASSWORD' || name.startsWith('CHAT_MESSAGE_');
}
