type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment for a program that we start: without our password, and without a message that a `chat connect --exec`
 * further up has left there.
 */
export function programEnvironment(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)));
}

/** Takes the same out of the environment of this process, for programs that libraries start. */
export function cleanEnvironment(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env).filter(isOurs)) Reflect.deleteProperty(env, name);
}

function isOurs(name: string): boolean {
  return name === 'CHAT_PASSWORD' || name.startsWith('CHAT_MESSAGE_');
}
