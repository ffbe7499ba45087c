type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment for a program that we start: without our password, and without the variables that a parent
 * `chat connect --exec` has set.
 */
export function programEnvironment(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)));
}

/** Removes the same variables from the environment of this process, for programs that libraries start. */
export function cleanEnvironment(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env).filter(isOurs)) Reflect.deleteProperty(env, name);
}

function isOurs(name: string): boolean {
  return name === 'CHAT_PASSWORD' || name.startsWith('CHAT_MESSAGE_');
}
