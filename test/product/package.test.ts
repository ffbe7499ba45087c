import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cleanEnvironment, temporaryFolder } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { runTool, type Finished } from '../run-tool.js';
import { startTerminal } from '../terminal/terminal-program.js';
import { readPackage } from './read-package.js';

const root = join(import.meta.dirname, '..', '..');
const { name, version } = readPackage();
const folder = temporaryFolder();
const tarball = join(folder, `${name}-${version}.tgz`);
/** The prefix of `npm install --global`, with `bin` and `lib` below it. */
const prefix = join(folder, 'prefix');
let warnings: string | undefined;

beforeAll(() => {
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], root);
});

describe('the package', () => {
  test('contains the files for users and no files for development', () => {
    const packed = run('tar', ['--list', '--file', tarball]).trim().split('\n');
    const topLevel = new Set(packed.map((path) => path.split('/').slice(1, 2).join()));
    const folders = ['bin', 'deploy', 'dist', 'docs', 'examples', 'man', 'proto'];
    const files = ['CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'package.json'];
    expect([...topLevel].sort()).toEqual([...folders, ...files].sort());
    expect(packed.filter((path) => /\.tsx?$|\.test\.|tsbuildinfo/.test(path))).toEqual([]);
    for (const needed of ['dist/cli/main.js', 'dist/third-party-licenses.txt', 'man/chat.1']) {
      expect(packed).toContain(`package/${needed}`);
    }
  });

  test('contains every document that its help names', () => {
    const named = readFileSync(join(root, 'man', 'chat.1'), 'utf8').match(/docs\/[\w.]+\.md/g) ?? [];
    const packed = run('tar', ['--list', '--file', tarball]);
    for (const path of named) expect(packed).toContain(`package/${path}\n`);
    expect(named).toContain('docs/json.md');
  });

  test('has every file that its README links to', () => {
    const links = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g);
    const packed = run('tar', ['--list', '--file', tarball]).split('\n');
    const missing = Array.from(links, ([, path = '']) => `package/${path}`).filter(
      (path) => !packed.some((file) => file === path || file.startsWith(`${path}/`)),
    );
    expect(missing).toEqual([]);
  });

  test('passes publint', () => {
    run(process.execPath, [join(root, 'node_modules', 'publint', 'src', 'cli.js'), '--strict', root]);
  });
});

describe('the package, installed globally', () => {
  beforeAll(() => {
    const npm = [
      'install',
      '--global',
      '--prefix',
      prefix,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      tarball,
    ];
    ({ stderr: warnings } = runAll('npm', npm));
  }, 300_000);

  test('is installed without a warning', () => {
    expect(warnings).toBe('');
  });

  test('provides a program that can serve, send and read', async () => {
    const chat = join(prefix, 'bin', 'chat');
    expect(run(chat, ['--version'])).toBe(`${version}\n`);
    const server = startTerminal(['serve', '--port', '0', '--data', join(folder, 'data')], { command: chat });
    await server.until((text) => text.includes('listening on '));
    const [, address = ''] = /listening on (\S+)/.exec(server.text()) ?? [];
    const login = { CHAT_USER: 'user1', CHAT_PASSWORD: 'qwerty', CHAT_ADDRESS: address };
    run(chat, ['send', '--to', address, 'from the package'], folder, login);
    expect(run(chat, ['history'], folder, login)).toContain('<user1> from the package');

    const screen = startTerminal(['connect'], { command: chat, env: login });
    await screen.until((text) => text.includes('from the package'));
    screen.write('\x04');
    expect(await screen.exitCode).toBe(0);
    server.write('\x03');
    expect(await server.exitCode).toBe(0);
  });

  test('contains only itself and its dependencies', () => {
    const modules = join(prefix, 'lib', 'node_modules');
    expect(readdirSync(modules)).toEqual([name]);
    expect(existsSync(join(modules, name, 'node_modules', 'typescript'))).toBe(false);
  });

  describeWith(['man'], 'its manual page', () => {
    test('can be shown by man', () => {
      const page = run('man', ['--manpath', join(prefix, 'share', 'man'), '--pager', 'cat', 'chat']);
      expect(page).toMatch(/chat - self-hosted team chat for the terminal/i);
    });
  });
});

/** Returns what a program prints; throws with its errors if it fails. */
function run(...command: Parameters<typeof runAll>): string {
  return runAll(...command).stdout;
}

function runAll(
  program: string,
  args: readonly string[],
  cwd = folder,
  env: Record<string, string> = {},
): Finished {
  // npm needs the registry settings of this machine.
  const environment = program === 'npm' ? process.env : cleanEnvironment(env);
  const finished = runTool(program, args, { cwd, env: environment, timeout: 240_000 });
  const { status, stdout, stderr } = finished;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${String(status)}\n${stdout}${stderr}`);
  return finished;
}
