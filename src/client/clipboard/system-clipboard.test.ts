import { expect, test } from '@jest/globals';
import { cannedCommands, contentWithBytes, newTemporaryFile } from '../../../test/support/canned-commands.js';
import { programRunner, type ProgramResult, type ProgramRunner } from '../system/program.js';
import {
  systemClipboard,
  type SystemClipboardOptions,
  clipboardSources,
  isOverSsh,
} from './system-clipboard.js';

type Result = ProgramResult<Buffer>;

const signal = new AbortController().signal;
const desktop = { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' };
const realCommands = programRunner(desktop, newTemporaryFile);
const missing: Result = { status: 'missing' };

/** Programs with canned answers; `types`: the answer to a request for the content types. */
function machine(programs: Record<string, { types: Result; content?: Result }>): ProgramRunner {
  return cannedCommands(([program, ...args]) => {
    const answers = programs[program];
    const asksTypes = args.includes('TARGETS') || args.includes('--list-types');
    return (asksTypes ? answers?.types : answers?.content) ?? missing;
  });
}

function done(text: string): Result {
  return { status: 'done', output: Buffer.from(text) };
}

async function read(options: SystemClipboardOptions) {
  return contentWithBytes(
    await systemClipboard({ platform: 'linux', env: desktop, commands: realCommands, ...options }).read(
      signal,
    ),
  );
}

const xclipText = { xclip: { types: done('UTF8_STRING\n'), content: done('words') } };
const empty: Result = { status: 'failed', stderr: 'Nothing is copied\n' };

test('under Wayland without its tool, the X11 clipboard is read', async () => {
  expect(await read({ commands: machine(xclipText) })).toEqual({ type: 'text', text: 'words' });
});

test('without any tool, the reason names the one for this desktop', async () => {
  const nothing = (install: string) => ({ type: 'nothing', reason: { kind: 'no-tool', install } });
  expect(await read({ commands: machine({}) })).toEqual(nothing('wl-clipboard'));
  expect(await read({ commands: machine({}), env: { DISPLAY: ':0' } })).toEqual(nothing('xclip'));
});

test('an empty clipboard is not followed by another source', async () => {
  const commands = machine({ 'wl-paste': { types: empty }, ...xclipText });
  expect(await read({ commands })).toEqual({ type: 'nothing', reason: { kind: 'empty' } });
});

test('without a display there is no clipboard', async () => {
  expect(await read({ env: {} })).toEqual({ type: 'nothing', reason: { kind: 'no-display' } });
});

test('over SSH a display is tried before the hint about the other machine', async () => {
  const ssh = { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' };
  const remote = { type: 'nothing', reason: { kind: 'remote' } };
  expect(await read({ env: ssh })).toEqual(remote);
  expect(await read({ env: { ...ssh, DISPLAY: ':0' }, commands: machine({}) })).toEqual(remote);
  expect(
    await read({ env: { ...ssh, DISPLAY: 'localhost:10' }, commands: machine(xclipText) }),
  ).toMatchObject({
    type: 'text',
  });
});

test('a text that names image files is read as those files', async () => {
  const findImages = (text: string) => Promise.resolve(text === 'words' ? ['/a.png'] : undefined);
  expect(await read({ commands: machine(xclipText), findImages })).toEqual({
    type: 'files',
    paths: ['/a.png'],
  });
});

test("the user's own command replaces all other sources", async () => {
  const command = [process.execPath, '-e', 'process.stdout.write("GIF89a")'] as const;
  expect(await read({ command })).toEqual({ type: 'image', bytes: Buffer.from('GIF89a') });
  const silent = [process.execPath, '-e', ''] as const;
  expect(await read({ command: silent })).toEqual({ type: 'nothing', reason: { kind: 'empty' } });
  const binary = [process.execPath, '-e', 'process.stdout.write(Buffer.from([255, 0]))'] as const;
  expect(await read({ command: binary })).toMatchObject({ reason: { kind: 'no-image-or-text' } });
});

test('a tool that hangs is stopped after the timeout', async () => {
  const hanging = [process.execPath, '-e', 'setInterval(() => {}, 1000)'] as const;
  expect(await read({ command: hanging, sourceTimeoutMs: 30 })).toEqual({
    type: 'nothing',
    reason: { kind: 'timed-out' },
  });
});

test('an aborted read rejects with the reason', async () => {
  const controller = new AbortController();
  const reading = systemClipboard({
    platform: 'linux',
    env: desktop,
    commands: cannedCommands(() => {
      controller.abort(new Error('left'));
      return { status: 'stopped' };
    }),
  }).read(controller.signal);
  await expect(reading).rejects.toThrow('left');
});

test.each([
  ['a Mac', 'darwin', {}, ['macos']],
  ['Windows', 'win32', {}, ['windows']],
  ['a Wayland desktop', 'linux', { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, ['wayland', 'x11']],
  ['an X11 desktop', 'linux', { DISPLAY: ':0', WAYLAND_DISPLAY: '' }, ['x11']],
  ['WSL', 'linux', { WSL_DISTRO_NAME: 'Debian', DISPLAY: ':0' }, ['wsl', 'x11']],
  ['a console', 'linux', {}, []],
  ['FreeBSD', 'freebsd', { DISPLAY: ':0' }, ['x11']],
] as const)('the sources on %s', (_, platform, env, sources) => {
  expect(clipboardSources({ platform, env })).toEqual(sources);
});

test('an SSH session is recognised by any of its variables', () => {
  for (const name of ['SSH_CONNECTION', 'SSH_TTY', 'SSH_CLIENT']) {
    expect(isOverSsh({ platform: 'linux', env: { [name]: 'x' } })).toBe(true);
  }
  expect(isOverSsh({ platform: 'linux', env: { SSH_AUTH_SOCK: '/tmp/agent' } })).toBe(false);
});
