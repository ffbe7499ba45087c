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
