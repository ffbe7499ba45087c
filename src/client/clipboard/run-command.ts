import { execFile } from 'node:child_process';

/** A program and its arguments. No shell sees it. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** How a command ended. `stopped`: the signal aborted. */
export type CommandResult =
  | { readonly status: 'done'; readonly stdout: Buffer }
  | { readonly status: 'failed'; readonly stderr: string }
  | { readonly status: 'missing' | 'too-large' | 'stopped' };

/** The port for running a command: it is killed when the signal aborts, or when it writes over `maxBytes`. */
export type RunCommand = (
  command: CommandLine,
  bounds: { readonly maxBytes: number; readonly signal: AbortSignal },
) => Promise<CommandResult>;

const killSignal = 'SIGKILL';

/** Runs programs of this machine, in the given environment. Their stdin is empty. */
export function commandRunner(env: Readonly<Record<string, string | undefined>>): RunCommand {
  return ([program, ...args], { maxBytes, signal }) =>
    new Promise((resolve) => {
      const options = {
        encoding: 'buffer',
        env,
        maxBuffer: maxBytes,
        signal,
        // A tool that waits for another program's answer may not listen to anything less.
        killSignal,
        windowsHide: true,
      } as const;
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        if (!error) resolve({ status: 'done', stdout });
        else if (signal.aborted) {
          // Node aborts with SIGTERM, whatever the kill signal (`execFile` does not hand it on to `spawn`).
          child.kill(killSignal);
          resolve({ status: 'stopped' });
        } else if (error.code === 'ENOENT') resolve({ status: 'missing' });
        else if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') resolve({ status: 'too-large' });
        else resolve({ status: 'failed', stderr: stderr.toString('utf8') || error.message });
      });
      // A program that ended at once leaves nothing to close.
      child.stdin?.on('error', () => undefined).end();
    });
}
