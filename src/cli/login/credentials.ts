import type { Credentials } from '../../client/connection.js';
import { ChatError } from '../../shared/errors.js';
import type { LoginFlags } from '../options/login-options.js';
import { obtainPassword } from './password.js';
import { setVariable, type IO } from '../io/io.js';
import { askLine } from '../terminal/terminal-prompt.js';

/** Who `--user` or `CHAT_USER` names, or undefined. */
export function givenUser({ user }: LoginFlags, { env }: Pick<IO, 'env'>): string | undefined {
  return user ?? setVariable(env, 'CHAT_USER');
}

/** User and password as given, else asked on the terminal; without one a usage error that names the ways. */
export async function obtainCredentials(flags: LoginFlags, io: IO): Promise<Credentials> {
  const user = givenUser(flags, io) ?? (await askUser(io));
  if (user === '') throw new ChatError('usage', 'the user name is empty');
  return { user, password: await obtainPassword(`Password of ${user}: `, flags, io) };
}

async function askUser(io: IO): Promise<string> {
  // Where --password-stdin is meant, stdin is no terminal, so a question could not take its line.
  if (io.stdin.isTTY) return askLine('User: ', io);
  throw new ChatError('usage', 'no user, and no terminal to ask on', {
    hint: 'Set CHAT_USER, or use --user.',
  });
}
