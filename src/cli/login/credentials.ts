import type { Credentials } from '../../client/connection/port.js';
import { ChatError } from '../../shared/errors.js';
import type { LoginFlags } from '../options/login-options.js';
import { obtainPassword } from './password.js';
import { setVariable, type IO } from '../io/io.js';
import { askLine } from '../io/terminal-prompt.js';

/** The user name from `--user` or `CHAT_USER`. */
export function givenUser({ user }: LoginFlags, { env }: Pick<IO, 'env'>): string | undefined {
  return user ?? setVariable(env, 'CHAT_USER');
}

/** User and password as given, else asked on the terminal. Throws `usage` if there is no terminal. */
export async function obtainCredentials(flags: LoginFlags, io: IO): Promise<Credentials> {
  const user = givenUser(flags, io) ?? (await askUser(io));
  if (user === '') throw new ChatError('usage', 'the user name is empty');
  return { user, password: await obtainPassword(`Password of ${user}: `, flags, io) };
}

async function askUser(io: IO): Promise<string> {
  // With --password-stdin stdin is no terminal, so a question cannot consume its first line.
  if (io.stdin.isTTY) return askLine('User: ', io);
  throw new ChatError('usage', 'no user given, and no terminal to ask for it', {
    hint: 'Set CHAT_USER, or use --user.',
  });
}
