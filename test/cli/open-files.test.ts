import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cleanEnvironment, temporaryFolder } from '../chat-process.js';
import { runTool } from '../run-tool.js';

const program = join(import.meta.dirname, '..', '..', 'bin', 'chat.js');

function runWithLimit(limit: number, args: readonly string[]) {
  return runTool('sh', ['-c', `ulimit -n ${limit}; exec "$@"`, 'sh', process.execPath, program, ...args], {
    env: cleanEnvironment({ CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty' }),
    cwd: temporaryFolder(),
  });
}

describe.each([
  ['serve', ['serve', '--store', 'memory', '--port', '0']],
  ['send', ['send', 'localhost:1', 'hello']],
  ['history', ['history', 'localhost:1']],
  ['connect', ['connect', 'localhost:1', '--once']],
  ['doctor', ['doctor']],
])('%s with very few file descriptors', (_, args) => {
  // Fewer than 20 are too few for Node itself.
  test.each([22, 30])('exits with one line that contains the limit of %d', (limit) => {
    const { status, stdout, stderr } = runWithLimit(limit, args);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `chat: too many open files: the limit of this process is ${limit}. Raise it, for instance: ulimit -n 1024\n`,
    });
  });
});
