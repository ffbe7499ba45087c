import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { cleanEnvironment, runChat, temporaryFolder } from '../chat-process.js';
import { describeWith } from '../require-tool.js';

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
  execFileSync(program, args, { env: cleanEnvironment(), cwd: folder, encoding: 'utf8' });

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
    const terminal = spawn('zsh', ['-f', '-i'], {
      env: cleanEnvironment({ TERM: 'dumb' }),
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
  });
});
