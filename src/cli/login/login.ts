import type { Credentials } from '../../client/connection/port.js';
import { ChatError } from '../../shared/errors.js';
import { obtainPassword, type PasswordFlags } from './password.js';
import { setVariable, type Shell } from '../shell.js';
import { askLine } from './terminal-prompt.js';

/** The options that say who logs in. */
export type LoginFlags = PasswordFlags & { readonly user?: string };

/** Who `--user` or `CHAT_USER` names, or undefined. */
export function givenUser({ user }: LoginFlags, { env }: Pick<Shell, 'env'>): string | undefined {
  return user ?? setVariable(env, 'CHAT_USER');
}

/** User and password as given, else asked on the terminal; without one a usage error that names the ways. */
export async function obtainCredentials(flags: LoginFlags, shell: Shell): Promise<Credentials> {
  const user = givenUser(flags, shell) ?? (await askUser(shell));
  if (user === '') throw new ChatError('usage', 'the user name is empty');
  return { user, password: await obtainPassword(`Password of ${user}: `, flags, shell) };
}

async function askUser(shell: Shell): Promise<string> {
  // Where --password-stdin is meant, stdin is no terminal, so a question could not take its line.
  if (shell.stdin.isTTY) return askLine('User: ', shell);
  throw new ChatError('usage', 'no user, and no terminal to ask on', {
    hint: 'Set CHAT_USER, or use --user.',
  });
}
