import { type Command, Option } from 'commander';
import {
  addLoginOptions,
  addressHelp,
  addTrustOptions,
  loginHelp,
  type RunCommand,
} from '../../options/command-options.js';
import type { CreateFlags, RoomsFlags } from './rooms.js';

const help = `
A room is open, closed or direct. Everyone can find, read and join an open room.
For others than its members, a closed room does not exist. Direct rooms are for
messages between 2 to 8 users: chat send --direct NAME. All users are in the
lobby. The name of a room is written with # or without; a shell needs quotes
around a #.

Exit codes:
  0  done                               5  rate limited
  1  unexpected failure, no such user   7  certificate not trusted, or changed
  2  usage                              8  no such room, or not permitted
  3  server unreachable, or time-out    129, 130, 143  ended by a signal
  4  login refused

Examples:
  chat rooms
  chat rooms create ops --topic "Deployments and incidents"
  chat rooms invite ops anna bert
  chat send --room ops "deployed 4.2"`;

const examples = (...lines: readonly string[]): string =>
  ['', lines.length > 1 ? 'Examples:' : 'Example:', ...lines.map((line) => `  chat rooms ${line}`)].join(
    '\n',
  );

/** Registers `chat rooms` and its subcommands. */
export function registerRooms(program: Command, run: RunCommand): void {
  const rooms = program
    .command('rooms')
    .summary('list, create and change rooms')
    .description('Lists your rooms, or finds, creates and changes rooms.')
    .usage('[options] [command]')
    .addHelpText('after', help);

  const add = (usage: string, description: string, text: string) => {
    const command = rooms.command(usage).description(description).addHelpText('after', text);
    command.option('--to <address>', 'the server').option('--debug', 'show stack traces of failures');
    return command;
  };
  const withLogin = (command: Command): Command =>
    addTrustOptions(addLoginOptions(command).optionsGroup('TLS:')).optionsGroup('Options:');
  const json = 'print one JSON object per line, see docs/json.md';

  withLogin(
    rooms
      .command('list', { isDefault: true })
      .allowExcessArguments()
      .description('Lists your rooms, the lobby first. This is what chat rooms does by itself.')
      .option('--to <address>', 'the server')
      .option('--json', json)
      .option('--debug', 'show stack traces of failures')
      .addHelpText('after', `${addressHelp}\n${loginHelp}\n${examples('', '--json')}`),
  ).action((flags: RoomsFlags, { args }: Command) =>
    run(flags, async (io) => (await import('./rooms.js')).listRooms(args, flags, io)),
  );
  withLogin(
    add('browse [prefix]', 'Lists the open rooms, by name.', examples('browse', 'browse team-')).option(
      '--json',
      json,
    ),
  ).action((prefix: string | undefined, flags: RoomsFlags) =>
    run(flags, async (io) => (await import('./rooms.js')).browseRooms(prefix, flags, io)),
  );
  withLogin(
    add(
      'create <name>',
      'Creates a room. You are its moderator.',
      examples('create ops --topic "Deployments"', 'create board --closed --past all --member anna'),
    )
      .option('--closed', 'for members only; cannot be changed later')
      .option('--past <what>', 'what new members of a closed room see: all, or none (default)')
      .option('--topic <text>', 'what the room is about')
      .addOption(
        new Option('--member <user>', 'another member; repeatable').argParser(
          (name: string, before: readonly string[] | undefined) => [...(before ?? []), name],
        ),
      ),
  ).action((room: string, flags: CreateFlags) =>
    run(flags, async (io) => (await import('./rooms.js')).createRoom(room, flags, io)),
  );
  withLogin(add('join <room>', 'Makes you a member of an open room.', examples('join ops'))).action(
    (room: string, flags: RoomsFlags) =>
      run(flags, async (io) => (await import('./rooms.js')).joinRoom(room, flags, io)),
  );
  withLogin(add('leave <room>', 'Ends your membership.', examples('leave ops'))).action(
    (room: string, flags: RoomsFlags) =>
      run(flags, async (io) => (await import('./rooms.js')).leaveRoom(room, flags, io)),
  );
  withLogin(
    add('members <room>', 'Lists the members, by name.', examples('members ops')).option('--json', json),
  ).action((room: string, flags: RoomsFlags) =>
    run(flags, async (io) => (await import('./rooms.js')).listMembers(room, flags, io)),
  );
  withLogin(
    add(
      'topic <room> <text...>',
      'Sets the topic; an empty text removes it. For moderators.',
      examples('topic ops Deployments and incidents', 'topic ops ""'),
    ),
  ).action((room: string, words: string[], flags: RoomsFlags) =>
    run(flags, async (io) =>
      (await import('./rooms.js')).updateRoom(room, { topic: words.join(' ') }, flags, io),
    ),
  );
  withLogin(
    add('rename <room> <name>', 'Renames a room. For moderators.', examples('rename ops operations')),
  ).action((room: string, name: string, flags: RoomsFlags) =>
    run(flags, async (io) => (await import('./rooms.js')).updateRoom(room, { name }, flags, io)),
  );
  for (const [command, archived, description] of [
    ['archive', true, 'Archives a room: it can be read, but not written. For moderators.'],
    ['unarchive', false, 'Opens an archived room again. For moderators.'],
  ] as const) {
    withLogin(add(`${command} <room>`, description, examples(`${command} ops`))).action(
      (room: string, flags: RoomsFlags) =>
        run(flags, async (io) => (await import('./rooms.js')).updateRoom(room, { archived }, flags, io)),
    );
  }
  for (const [command, description] of [
    ['invite', 'Makes users members.'],
    ['remove', 'Ends the membership of users. For moderators.'],
  ] as const) {
    withLogin(add(`${command} <room> <user...>`, description, examples(`${command} ops anna bert`))).action(
      (room: string, names: string[], flags: RoomsFlags) =>
        run(flags, async (io) => (await import('./rooms.js')).changeMembers(command, room, names, flags, io)),
    );
  }
}
