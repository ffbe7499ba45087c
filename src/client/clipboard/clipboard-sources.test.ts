import { expect, test } from '@jest/globals';
import { clipboardSources, isOverSsh } from './clipboard-sources.js';

test.each([
  ['a Mac', 'darwin', {}, ['macos']],
  ['Windows', 'win32', {}, ['windows']],
  ['a Wayland desktop', 'linux', { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, ['wayland', 'x11']],
  ['an X11 desktop', 'linux', { DISPLAY: ':0', WAYLAND_DISPLAY: '' }, ['x11']],
  ['WSL', 'linux', { WSL_DISTRO_NAME: 'Debian', DISPLAY: ':0' }, ['wsl', 'x11']],
  ['a console', 'linux', {}, []],
  ['FreeBSD', 'freebsd', { DISPLAY: ':0' }, ['x11']],
] as const)('on %s', (_, platform, env, sources) => {
  expect(clipboardSources({ platform, env })).toEqual(sources);
});

test('an SSH session is known by any of its variables', () => {
  for (const name of ['SSH_CONNECTION', 'SSH_TTY', 'SSH_CLIENT']) {
    expect(isOverSsh({ platform: 'linux', env: { [name]: 'x' } })).toBe(true);
  }
  expect(isOverSsh({ platform: 'linux', env: { SSH_AUTH_SOCK: '/tmp/agent' } })).toBe(false);
});
