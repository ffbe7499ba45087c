import { ReadStream, WriteStream } from 'node:tty';
import { type Opener, imageViewer, systemOpener } from '../../../client/images/image-viewer.js';
import { createImageProcess } from '../../../client/images/process/image-process.js';
import type { ImageMode } from '../../../client/images/graphics/graphics-protocol.js';
import { type ColourDepth, colourDepth } from '../../../client/terminal/colour/colour-depth.js';
import { isDumbTerminal } from '../../../client/terminal/dumb-terminal.js';
import { hostAndPort, parseAddresses } from '../../../client/connection/address.js';
import type { OpenConnection } from '../../../client/ui/session-holder.js';
import { ChatError } from '../../../shared/errors.js';
import { systemClock } from '../../../shared/clock.js';
import { askTmux } from '../../../client/images/graphics/tmux-graphics.js';
import type { Config } from '../../config/config.js';
import { serverSettings } from '../../config/server-settings.js';
import { stateDirectory } from '../../config/standard-paths.js';
import { exitCodes, untilThreadsIdle } from '../../io/exit.js';
import { asksForPlainOutput, type PlainFlags } from './plain-options.js';
import type { LoginFlags, TrustFlags } from '../../options/command-options.js';
import { givenUser, givenPassword } from '../../login/credentials.js';
import { openClipboard } from '../../config/open-clipboard.js';
import { connectTimeoutMs, openConnection } from '../../connection/open-connection.js';
import { setVariable, type IO } from '../../io/io.js';
import { splitCommand } from '../../options/option-values.js';

/** The options of `chat connect` as given. */
export type ConnectFlags = LoginFlags &
  TrustFlags &
  PlainFlags & {
    readonly images?: ImageMode;
    readonly debug?: boolean;
  };

/** Runs `chat connect`: without a screen if an option or stdout asks for that, else the full-screen client. */
export async function connect(
  givenAddress: string | undefined,
  givenFlags: ConnectFlags,
  io: IO,
): Promise<number> {
  // First, to report a mistyped address immediately.
  const { name, addresses, flags, config } = await serverSettings(givenAddress, givenFlags, io);
  if (!io.stdout.isTTY || asksForPlainOutput(flags) || isDumbTerminal(io.env, process.platform)) {
    const { connectPlain } = await import('./connect-plain.js');
    return connectPlain(addresses, flags, io);
  }
  const images = flags.images ?? config.images ?? 'auto';
  // The login screen may name another server, with its own settings.
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
  return connectFullScreen({ name, flags: { ...flags, images }, config, open }, io);
}

type FullScreenSettings = {
  readonly name: string;
  readonly flags: ConnectFlags & { readonly images: ImageMode };
  readonly config: Config;
  readonly open: OpenConnection;
};

/** Runs the full-screen client until the user quits. */
async function connectFullScreen({ name, flags, config, open }: FullScreenSettings, io: IO): Promise<number> {
  const { stdin, stdout, env, cwd } = io;
  if (flags.passwordStdin) {
    throw new ChatError(
      'usage',
      '--password-stdin cannot be used with the full-screen client, which reads keys from stdin',
      {
        hint: 'Use --password-file, or --plain to print one message per line.',
      },
    );
  }
  if (!(stdin instanceof ReadStream) || !(stdout instanceof WriteStream)) {
    throw new ChatError('usage', 'the full-screen client needs a terminal as stdin', {
      hint: 'In a pipe use chat connect --plain or chat send.',
    });
  }
  const depth = colourDepth(env);
  const [user, password] = [givenUser(flags, io) ?? '', (await givenPassword(flags, io)) ?? ''];
  const imageProcess = createImageProcess();
  const viewer = imageViewer(opener(env), imageProcess);
  prepareInk(depth);
  const [{ openTerminal }, { runFullScreen }, { openMemory }, clipboard] = await Promise.all([
    import('../../../client/terminal/terminal.js'),
    import('../../../client/ui/full-screen.js'),
    import('../../../client/ui/memory.js'),
    openClipboard(io, config),
  ]);
  const memory = await openMemory({
    directory: stateDirectory(),
    configured: config.screen,
    serverName: (text) => serverName(text, config),
    clock: systemClock,
  });
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
      isMultiplexed: Boolean(env.TMUX) || Boolean(env.STY),
    }),
    depth,
    open,
    clipboard,
    images: flags.images,
    viewer,
    imageProcess,
    env,
    askTmux: () => askTmux(env),
    clock: systemClock,
    random: Math.random,
    directory: cwd,
    memory,
  });
  // The user need not wait for a name server or drive that does not answer.
  return (await untilThreadsIdle(250, systemClock)) ? exitCodes.done : exitCodes.interrupted;
}

/** The addresses in one spelling and order, for a name of the configuration too. */
function serverName(text: string, { servers }: Config): string {
  try {
    const addresses = parseAddresses(servers.get(text)?.address ?? text);
    return addresses
      .map((address) => hostAndPort(address).toLowerCase())
      .sort()
      .join(',');
  } catch {
    return text;
  }
}

/** The program that `/open` starts: `CHAT_OPENER`, else the desktop's. */
function opener(env: IO['env']): Opener {
  const command = setVariable(env, 'CHAT_OPENER');
  if (command === undefined) return systemOpener(process.platform, env);
  return splitCommand(command);
}

/** Ink reads the number of colours from the environment when it is loaded. */
function prepareInk(depth: ColourDepth): void {
  process.env.FORCE_COLOR = { none: '0', '16': '1', '256': '2', truecolor: '3' }[depth];
}
