import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A headless Wayland compositor; `env` is for programs that connect to it. */
export type WaylandDesktop = { readonly env: Record<string, string | undefined>; stop(): Promise<void> };

// sway refuses to run as root; this is the user "nobody".
const unprivileged = { uid: 65534, gid: 65534 };

/** Starts sway and waits for its socket. */
export async function startWaylandDesktop(): Promise<WaylandDesktop> {
  const isRoot = process.getuid?.() === 0;
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-wayland-'));
  const config = path.join(folder, 'config');
  await writeFile(config, 'xwayland disable\n');
  if (isRoot) await chown(folder, unprivileged.uid, unprivileged.gid);
  const common = { PATH: process.env.PATH, HOME: folder, XDG_RUNTIME_DIR: folder };
  const compositor = spawn('sway', ['--config', config], {
    env: { ...common, WLR_BACKENDS: 'headless', WLR_LIBINPUT_NO_DEVICES: '1', WLR_RENDERER: 'pixman' },
    stdio: 'ignore',
    ...(isRoot ? unprivileged : {}),
  });
  const exited = once(compositor, 'exit');
  const socket = await Promise.race([
    socketIn(folder),
    exited.then(() => Promise.reject(new Error('sway did not start'))),
  ]);
  return {
    env: { ...common, WAYLAND_DISPLAY: socket },
    async stop() {
      compositor.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

/** Waits for the socket and returns its name. */
async function socketIn(folder: string): Promise<string> {
  for (;;) {
    const socket = (await readdir(folder)).find((name) => /^wayland-\d+$/.test(name));
    if (socket !== undefined) return socket;
    await delay(20);
  }
}
