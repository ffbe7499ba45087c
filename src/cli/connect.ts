import { ReadStream, WriteStream } from 'node:tty';
import { parseAddress } from '../client/address.js';
import { type ColourDepth, colourDepth } from '../client/terminal/colour-depth.js';
import { ChatError } from '../shared/errors.js';
import { systemClock } from '../shared/clock.js';
import { exitCodes } from './exit-codes.js';
import { givenUser } from './login.js';
import { connectTimeoutMs, openConnection, serverAddress } from './open-connection.js';
import { givenPassword } from './password.js';
import type { Shell } from './shell.js';
import type { ConnectFlags } from './verbs/connect.js';

/** Runs `chat connect`: the full-screen client, until the user leaves it. */
export async function connect(
  givenAddress: string | undefined,
  flags: ConnectFlags,
  shell: Shell,
): Promise<number> {
  const { stdin, stdout, env, cwd } = shell;
  if (!(stdin instanceof ReadStream) || !(stdout instanceof WriteStream)) {
    throw new ChatError('usage', 'chat connect needs a terminal', {
      hint: 'For scripts there is: chat send',
    });
  }
  // A mistyped address is told before the screen is taken over.
  const address = serverAddress(givenAddress, shell).text;
  const depth = colourDepth(env);
  const [user, password] = [givenUser(flags, shell) ?? '', (await givenPassword(flags, shell)) ?? ''];
  prepareInk(depth);
  const [{ openTerminal }, { runFullScreen }, { halfBlockRenderer }, { systemClipboard }] = await Promise.all(
    [
      import('../client/terminal/terminal.js'),
      import('../client/ui/full-screen.js'),
      import('../client/images/half-blocks.js'),
      import('../client/clipboard/system-clipboard.js'),
    ],
  );
  await runFullScreen({
    address,
    user,
    password,
    terminal: openTerminal({ stdin, stdout, clock: systemClock, debug: flags.debug ?? false }),
    depth,
    open: (text, credentials, confirm) =>
      openConnection(
        { address: parseAddress(text), credentials, flags, timeoutMs: connectTimeoutMs, confirm },
        shell,
      ),
    clipboard: systemClipboard(),
    renderer: depth === 'none' || flags.images === 'off' ? undefined : halfBlockRenderer(depth),
    clock: systemClock,
    random: Math.random,
    directory: cwd,
  });
  return exitCodes.done;
}

/** Ink and React look at the environment when they are loaded: less memory in production, and our colour depth. */
function prepareInk(depth: ColourDepth): void {
  process.env.NODE_ENV ??= 'production';
  process.env.FORCE_COLOR = { none: '0', '16': '1', '256': '2', truecolor: '3' }[depth];
}
