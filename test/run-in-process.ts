import { PassThrough, Writable } from 'node:stream';
import { runProgram } from '../src/cli/program.js';
import { cleanEnvironment, temporaryFolder, type Ended } from './chat-process.js';

type Shell = Parameters<typeof runProgram>[1];

// Some code reads the user's folders from the environment of this process.
Object.assign(process.env, cleanEnvironment());
const home = temporaryFolder();

/**
 * Runs a command line in this process, without signals. It takes milliseconds, where a process of its own takes half a
 * second.
 */
export async function runInProcess(
  args: readonly string[],
  {
    env = {},
    cwd = home,
    input = '',
  }: { env?: Readonly<Record<string, string>>; cwd?: string; input?: string | Uint8Array } = {},
): Promise<Omit<Ended, 'signal'>> {
  const [stdin, stdout, stderr] = [new PassThrough(), collector(), collector()];
  stdin.end(input);
  const shell: Shell = {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: cleanEnvironment(env),
    cwd,
    onSignal: () => () => undefined,
    terminalIsGone: () => false,
    setUmask: () => undefined,
    exit(code) {
      throw new Error(`exit with ${code}`);
    },
  };
  const code = await runProgram(args, shell);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
