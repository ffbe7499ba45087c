import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { cleanEnvironment, temporaryFolder } from '../chat-process.js';

const folder = join(import.meta.dirname, 'scenarios');
const program = join(import.meta.dirname, '..', '..', 'bin', 'chat.js');
const scripts = readdirSync(folder).filter((name) => name.endsWith('.sh'));

const running = new Set<number>();
afterEach(() => {
  for (const group of running) kill(group);
  running.clear();
});

/** Each script is a group of processes, so that nothing it started is left behind. */
function kill(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
}

/** Runs a script in a new home directory; resolves to its exit code and errors. */
async function run(script: string): Promise<{ code: number | null; stderr: string }> {
  const work = temporaryFolder();
  mkdirSync(join(work, 'bin'));
  symlinkSync(program, join(work, 'bin', 'chat'));
  const env = cleanEnvironment({
    PATH: `${join(work, 'bin')}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    WORK: work,
    HOME: work,
    ...Object.fromEntries(['CONFIG', 'DATA', 'STATE'].map((kind) => [`XDG_${kind}_HOME`, join(work, kind)])),
  });
  const both = `source ${join(folder, 'scenario.bash')}; source ${join(folder, script)}`;
  const child = spawn('bash', ['-c', both], { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  if (child.pid !== undefined) running.add(child.pid);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  return { code, stderr };
}

// The first line of a script is its title.
test.each(
  scripts.map((name) => [readFileSync(join(folder, name), 'utf8').split('\n', 1).join('').slice(2), name]),
)('%s (%s)', async (_, name) => {
  expect(await run(name)).toEqual({ code: 0, stderr: '' });
});
