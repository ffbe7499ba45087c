import { spawnSync, type SpawnSyncOptions } from 'node:child_process';

/** What a finished tool printed; `status` is null if a signal ended it. */
export type Finished = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/**
 * Runs a tool to its end, within `timeout`. Nothing else happens in this process meanwhile, so Jest could not end a test
 * that waits for a tool that never ends.
 */
export function runTool(program: string, args: readonly string[], options: SpawnSyncOptions = {}): Finished {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    timeout: 60_000,
    killSignal: 'SIGKILL',
    ...options,
    encoding: 'utf8',
  });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** Returns what a tool printed; throws with its errors if it fails. */
export function outputOf(program: string, args: readonly string[], options?: SpawnSyncOptions): string {
  const { status, stdout, stderr } = runTool(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${String(status)}\n${stdout}${stderr}`);
  return stdout;
}
