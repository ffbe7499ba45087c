import { ReadStream, WriteStream } from 'node:tty';
import { type Opener, imageViewer, systemOpener } from '../../../client/images/image-viewer.js';
import type { ImageMode } from '../../../client/images/graphics/graphics-protocol.js';
import { type ColourDepth, colourDepth } from '../../../client/terminal/colour/colour-depth.js';
import { isDumbTerminal } from '../../../client/terminal/dumb-terminal.js';
import { hostAndPort } from '../../../client/connection/address.js';
import type { OpenConnection } from '../../../client/ui/session-holder.js';
import { ChatError } from '../../../shared/errors.js';
import { systemClock } from '../../../shared/clock.js';
import { askTmux } from '../../terminal/ask-tmux.js';
import { serverSettings } from '../../config/server-settings.js';
import { exitCodes } from '../../io/exit-codes.js';
import { untilThreadsRest } from '../../io/exit-process.js';
import { asksForLines, type LineFlags } from './plain-options.js';
import type { LoginFlags } from '../../options/login-options.js';
import { givenUser } from '../../login/credentials.js';
import { openClipboard } from '../../config/open-clipboard.js';
import type { TrustFlags } from '../../options/trust-options.js';
import { connectTimeoutMs, openConnection } from '../../connection/open-connection.js';
import { givenPassword } from '../../login/password.js';
import { setVariable, type IO } from '../../io/io.js';
import { splitCommand } from '../../options/split-command.js';

/** What stands on the command line of `chat connect`, as it was written. */
export type ConnectFlags = LoginFlags &
  TrustFlags &
  LineFlags & {
    readonly images?: ImageMode;
    readonly debug?: boolean;
  };

/**
 * Runs `chat connect`: a line a message where that is asked for, or stdout is no terminal or one without escape
 * sequences, else the full screen.
 */
export async function connect(
  givenAddress: string | undefined,
  givenFlags: ConnectFlags,
  io: IO,
): Promise<number> {
  // A mistyped address is told before anything else happens.
  const { name, addresses, flags, config } = await serverSettings(givenAddress, givenFlags, io);
  if (!io.stdout.isTTY || asksForLines(flags) || isDumbTerminal(io.env, process.platform)) {
    const { connectLines } = await import('./connect-plain.js');
    return connectLines(addresses, flags, io);
  }
  const images = flags.images ?? config.images ?? 'auto';
  // The login screen may name another server: it has settings of its own.
  const open: OpenConnection = async (text, credentials, { confirm, warn }, onUnreadable) => {
    const there = await serverSettings(text, givenFlags, io);
    return openConnection(
      {
        ...there,
        credentials,
        timeoutMs: connectTimeoutMs,
        confirm: (fingerprint, address) => confirm(fingerprint, hostAndPort(address)),
        warn,
        onUnreadable,
      },
      io,
    );
  };
  return connectFullScreen({ name, flags: { ...flags, images }, open }, io);
}

type FullScreenSettings = {
  /** The server as it was named. */
  readonly name: string;
  readonly flags: ConnectFlags & { readonly images: ImageMode };
  readonly open: OpenConnection;
};

/** The full-screen client, until the user leaves it. */
async function connectFullScreen({ name, flags, open }: FullScreenSettings, io: IO): Promise<number> {
  const { stdin, stdout, env, cwd } = io;
  if (flags.passwordStdin) {
    throw new ChatError('usage', '--password-stdin: stdin is the keyboard of the full-screen client', {
      hint: 'Use --password-file, or --plain for a line a message.',
    });
  }
  if (!(stdin instanceof ReadStream) || !(stdout instanceof WriteStream)) {
    throw new ChatError('usage', 'the full-screen client needs a terminal as stdin, for its keys', {
      hint: 'For a pipe there are chat connect --plain and chat send.',
    });
  }
  const depth = colourDepth(env);
  const [user, password] = [givenUser(flags, io) ?? '', (await givenPassword(flags, io)) ?? ''];
  const viewer = imageViewer(opener(env));
  prepareInk(depth);
  const [{ openTerminal }, { runFullScreen }, clipboard] = await Promise.all([
    import('../../../client/terminal/terminal.js'),
    import('../../../client/ui/full-screen.js'),
    openClipboard(io),
  ]);
  await runFullScreen({
    address: name,
    user,
    password,
    terminal: openTerminal({
      stdin,
      stdout,
      clock: systemClock,
      exit: (code) => io.exit(code),
      debug: flags.debug ?? false,
    }),
    depth,
    open,
    clipboard,
    images: flags.images,
    viewer,
    env,
    askTmux: () => askTmux(env),
    clock: systemClock,
    random: Math.random,
    directory: cwd,
  });
  // Who leaves does not wait for a name server or a drive that does not answer.
  return (await untilThreadsRest(250, systemClock)) ? exitCodes.done : exitCodes.interrupted;
}

/** The program that `/open` hands pictures to: `CHAT_OPENER`, else the desktop's. */
function opener(env: IO['env']): Opener {
  const command = setVariable(env, 'CHAT_OPENER');
  if (command === undefined) return systemOpener(process.platform, env);
  return splitCommand(command);
}

/** Ink looks at the environment for colours when it is loaded. */
function prepareInk(depth: ColourDepth): void {
  process.env.FORCE_COLOR = { none: '0', '16': '1', '256': '2', truecolor: '3' }[depth];
}
