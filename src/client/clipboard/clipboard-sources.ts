/** A place to read a clipboard from. */
export type ClipboardSource = 'wayland' | 'x11' | 'macos' | 'windows' | 'wsl';

/** What decides where the clipboard is. */
export type Surroundings = {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/**
 * Where to look for the clipboard, the likeliest first. Under Wayland the X11 side comes second, since desktops
 * keep both in step. In WSL the clipboard is that of Windows: the Linux side offers its images as BMP only.
 */
export function clipboardSources({ platform, env }: Surroundings): ClipboardSource[] {
  if (platform === 'darwin') return ['macos'];
  if (platform === 'win32') return ['windows'];
  const sources: ClipboardSource[] = [];
  if ([env.WSL_DISTRO_NAME, env.WSL_INTEROP].some(Boolean)) sources.push('wsl');
  if (env.WAYLAND_DISPLAY) sources.push('wayland');
  if (env.DISPLAY) sources.push('x11');
  return sources;
}

/** True if this runs at the far end of an SSH connection, where the clipboard is not the one of the person typing. */
export function isOverSsh({ env }: Surroundings): boolean {
  return [env.SSH_CONNECTION, env.SSH_TTY, env.SSH_CLIENT].some(Boolean);
}
