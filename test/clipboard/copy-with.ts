import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The program reads the content from stdin and leaves a process that owns the clipboard. */
export async function copyWith(
  [program, ...args]: readonly [string, ...string[]],
  env: Record<string, string | undefined>,
  content: string | Buffer,
): Promise<void> {
  const owner = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'] });
  const exited = once(owner, 'exit').then(([code]: unknown[]) => code);
  owner.stdin.end(content);
  const code = await exited;
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}`);
}
