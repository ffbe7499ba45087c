import { beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import {
  cleanEnvironment,
  runChat,
  startServe,
  temporaryFolder,
  type ServerProcess,
} from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { outputOf } from '../run-tool.js';

const folder = temporaryFolder();
const script = (shell: string) => join(folder, `chat.${shell}`);

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout, code } = await runChat(['completion', shell]);
    expect(code).toBe(0);
    writeFileSync(script(shell), stdout);
  }
});

const run = (program: string, ...args: string[]) =>
  outputOf(program, args, { env: cleanEnvironment(), cwd: folder });

describeWith(['bash'], 'completion in bash', () => {
  const candidates = (...words: string[]) =>
    run(
      'bash',
      '-c',
      'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _chat; printf "%s\n" "${COMPREPLY[@]}"',
      script('bash'),
      'chat',
      ...words,
    )
      .trim()
      .split('\n');

  test('offers commands, options and their values', () => {
    expect(candidates('')).toEqual(
      expect.arrayContaining([
        'serve',
        'connect',
        'send',
        'history',
        'users',
        'trust',
        'doctor',
        'completion',
      ]),
    );
    expect(candidates('se')).toEqual(['serve', 'send']);
    expect(candidates('send', '--ima')).toEqual(['--image']);
    expect(candidates('connect', '--images', 's')).toEqual(['sixel']);
    expect(candidates('users', 'a')).toEqual(['add']);
    expect(candidates('users', 'add', '--pass')).toEqual(['--password-stdin']);
    expect(candidates('send', '--image', 'chat.f')).toEqual(['chat.fish']);
    expect(candidates('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(candidates('help', 'hi')).toEqual(['history']);
    expect(candidates('users', 'help', 'p')).toEqual(['passwd']);
  });
});

describeWith(['fish'], 'completion in fish', () => {
  const candidates = (line: string) =>
    run('fish', '--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script('fish'), line)
      .trim()
      .split('\n')
      .map((each) => each.split('\t')[0]);

  test('offers commands, options and their values', () => {
    expect(candidates('chat se')).toEqual(['send', 'serve']);
    expect(candidates('chat send --ima')).toEqual(['--image']);
    expect(candidates('chat connect --images s')).toEqual(['sixel']);
    expect(candidates('chat users a')).toEqual(['add']);
    expect(candidates('chat users add --pass')).toEqual(['--password-stdin']);
    expect(candidates('chat help hi')).toEqual(['history']);
  });
});

describeWith(['zsh'], 'completion in zsh', () => {
  test.each([
    ['chat hist', 'chat history '],
    ['chat send --ima', 'chat send --image '],
    ['chat connect --images six', 'chat connect --images sixel '],
    ['chat users add --pass', 'chat users add --password-stdin '],
    ['chat help hi', 'chat help history '],
  ])('completes %j on a terminal', async (typed, completed) => {
    await completesInZsh(typed, completed, {});
  });
});

/** Resolves when zsh has completed what was typed. */
async function completesInZsh(
  typed: string,
  completed: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const terminal = spawn('zsh', ['-f', '-i'], {
    env: cleanEnvironment({ TERM: 'dumb', ...env }),
    cwd: folder,
    cols: 200,
  });
  let output = '';
  const shows = (wanted: string) =>
    new Promise<void>((resolve) => {
      const listener = terminal.onData(() => {
        if (!output.includes(wanted)) return;
        listener.dispose();
        resolve();
      });
    });
  terminal.onData((data) => (output += data));
  const isReady = shows('ready 2');
  // The key prints the whole line, so that nothing depends on how zsh draws it.
  terminal.write('tell() { print; print -r -- "<$BUFFER>" }; zle -N tell; bindkey "^T" tell\r');
  terminal.write(`autoload -U compinit; compinit -u -D; source ${script('zsh')}; print ready $((1+1))\r`);
  await isReady;
  const printed = shows(`<${completed}>`);
  terminal.write(`${typed}\t\u0014`);
  await printed;
  terminal.kill('SIGKILL');
  expect(output).toContain(`<${completed}>`);
}

describe('names of rooms and accounts', () => {
  const cache = join(folder, 'cache');
  const path = `${join(folder, 'bin')}:${process.env.PATH ?? ''}`;
  let server: ServerProcess;
  const environment = (user: string) => ({
    CHAT_USER: user,
    CHAT_PASSWORD: 'qwerty',
    CHAT_ADDRESS: server.address,
    XDG_CACHE_HOME: cache,
    // A loaded machine may need more than the 0.3 s that shells wait.
    CHAT_COMPLETION_WAIT: '60',
    PATH: path,
  });
  const complete = async (user: string, ...words: string[]) => {
    const ended = await runChat(['complete', '--', ...words], { env: environment(user) });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return ended.stdout.split('\n').slice(0, -1);
  };
  /** Another process fetches them. */
  const fetched = async (user: string, ...words: string[]) => {
    for (;;) {
      const names = await complete(user, ...words);
      if (names.length > 0) return names;
      await wait(20);
    }
  };

  beforeAll(async () => {
    server = await startServe(['--store', 'memory', '--rate', '0']);
    mkdirSync(join(folder, 'bin'));
    const program = join(import.meta.dirname, '..', '..', 'bin', 'chat.js');
    writeFileSync(join(folder, 'bin', 'chat'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(join(folder, 'bin', 'chat'), 0o755);
    for (const args of [
      ['create', 'open-one'],
      ['create', 'secret', '--closed', '--member', 'user2'],
    ])
      expect((await runChat(['rooms', ...args], { env: environment('user1') })).code).toBe(0);
  });

  test('come from the server, private rooms only for their members', async () => {
    expect(await fetched('user2', 'send', '--room', '')).toEqual(['lobby', 'open-one', 'secret']);
    expect(await fetched('user3', 'send', '--room', '')).toEqual(['lobby', 'open-one']);
    expect(await complete('user2', 'rooms', 'join', '#se')).toEqual(['secret']);
    expect(await complete('user2', 'rooms', 'invite', 'secret', 'user4', '@USER5')).toEqual(['user5']);
    expect(await complete('user2', 'send', '--direct', 'user1,user3')).toEqual(['user1,user3']);
  });

  test('are kept in files that only the user can read', async () => {
    await fetched('user2', 'send', '--room', '');
    const kept = join(cache, 'chat');
    const files = readdirSync(kept).map((name) => join(kept, name));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    expect(files.map((file) => readFileSync(file, 'utf8')).join('')).not.toContain('qwerty');
  });

  test('are not waited for if the server does not answer, and are never commands', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', () => resolve()));
    const { port } = silent.address() as { readonly port: number };
    const to = ['--to', `127.0.0.1:${port}`];
    expect(await complete('user2', 'send', ...to, '--room', '')).toEqual([]);
    silent.close();
    await fetched('user2', 'send', '--room', '');
    const kept = join(cache, 'chat');
    for (const name of readdirSync(kept).filter((each) => each.endsWith('.json')))
      writeFileSync(
        join(kept, name),
        JSON.stringify({ rooms: ['$(id)', 'a b', '-x\n', 'fine'], accounts: 7 }),
      );
    expect(await complete('user2', 'send', '--room', '')).toEqual(['fine']);
    for (const name of readdirSync(kept).filter((each) => each.endsWith('.json')))
      writeFileSync(join(kept, name), '{');
    expect(await complete('user2', 'send', '--room', '')).toEqual([]);
  });

  describeWith(['bash'], 'in bash', () => {
    test('are offered', async () => {
      // The file of this user is not one that another test has changed.
      await fetched('user4', 'send', '--room', '');
      const offers = (line: string) =>
        outputOf(
          'bash',
          [
            '-c',
            'source "$0"; COMP_LINE=$1; COMP_POINT=${#1}; read -ra COMP_WORDS <<<"$1"; [[ $1 != *" " ]] || COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _chat 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"',
            script('bash'),
            line,
          ],
          { env: cleanEnvironment(environment('user4')), cwd: folder },
        ).trim();
      for (const [line, offered] of [
        ['chat send --room op', 'open-one'],
        ['chat rooms invite open-one user3 user5', 'user5'],
      ] as const)
        expect(offers(line)).toBe(offered);
    });
  });

  describeWith(['fish'], 'in fish', () => {
    test('are offered', async () => {
      await fetched('user5', 'send', '--room', '');
      const offers = (line: string) =>
        outputOf(
          'fish',
          ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script('fish'), line],
          { env: cleanEnvironment(environment('user5')), cwd: folder },
        )
          .trim()
          .split('\t')[0];
      expect(offers('chat send --room op')).toBe('open-one');
      expect(offers('chat rooms join op')).toBe('open-one');
      expect(offers('chat send --direct user1,user2')).toBe('user1,user2');
    });
  });

  describeWith(['zsh'], 'in zsh', () => {
    test('are offered', async () => {
      await fetched('user1', 'send', '--room', '');
      await completesInZsh('chat send --room op', 'chat send --room open-one ', environment('user1'));
      await completesInZsh('chat rooms join op', 'chat rooms join open-one ', environment('user1'));
    });
  });
});
