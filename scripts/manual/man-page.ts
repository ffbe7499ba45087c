import type { Command } from 'commander';
import { helpSections } from '../../src/client/ui/dialogs/help.js';
import { exitMeanings } from '../../src/cli/io/exit.js';
import { definition, helpText, request, roffText } from './roff.js';

const environment: readonly (readonly [name: string, meaning: string])[] = [
  ['CHAT_ADDRESS', 'The server, if no address is given.'],
  ['CHAT_USER', 'The user name, if --user is not given.'],
  ['CHAT_PASSWORD', 'The password, if no option says where to read it.'],
  ['CHAT_OPENER', "The command that /open passes an image file to, instead of the desktop's."],
  [
    'CHAT_CLIPBOARD_COMMAND',
    "The command that reads the clipboard, instead of the desktop's tools: it prints an image or a text.",
  ],
  ['VISUAL, EDITOR', 'The editor of Ctrl+X Ctrl+E; else the first of sensible-editor, editor, nano and vi.'],
  [
    'grpc_proxy, https_proxy, http_proxy',
    'The HTTP proxy for connections to other machines, http://HOST:PORT or https://HOST:PORT. The first one that is set counts, in lower or upper case.',
  ],
  [
    'no_grpc_proxy, no_proxy',
    'Servers to reach without the proxy: domains, IP addresses, ranges such as 10.0.0.0/8, or *, separated by commas. In lower or upper case.',
  ],
  ['NO_COLOR', 'If set: no colours.'],
  [
    'COLORFGBG',
    "The terminal's colours, as rxvt and Konsole set it: a light background if it ends in 7 or 9 to 15. Used until the terminal reports its background (OSC 11).",
  ],
];

/** The paths on Linux; those on other systems are in `standard-paths.ts`. */
const files: readonly (readonly [name: string, meaning: string])[] = [
  ['~/.config/chat/config.toml', 'Settings, and servers by name. See docs/configuration.md.'],
  ['~/.local/share/chat', 'The data of chat serve: messages, accounts, its own certificate.'],
  [
    '~/.local/state/chat',
    'What the full-screen client remembers: choices, what you sent, where you stopped reading.',
  ],
  ['~/.config/chat/trusted-servers.json', 'The certificates that were confirmed on first use.'],
];

/** The manual page `chat(1)` in roff, generated from the commands, options, keys and exit codes of the program. */
export function manPage(program: Command, version: string): string {
  const { commands } = program;
  return [
    '.\\" Written by `npm run docs:man` from the help of the program.',
    request('TH', 'CHAT', '1', '', `chat ${version}`, 'User Commands'),
    // No hyphenation and justification, which would break options and commands.
    '.nh',
    '.ad l',
    request('SH', 'NAME'),
    roffText(`chat - ${nameLine(program)}`),
    request('SH', 'SYNOPSIS'),
    ...commands.flatMap((command) => [request('B', usageOf(command)), '.br']),
    request('SH', 'DESCRIPTION'),
    roffText(program.description()),
    ...helpText(textAfter(program)),
    request('SH', 'COMMANDS'),
    ...commands.flatMap(section),
    request('SH', 'KEYS AND SLASH COMMANDS'),
    roffText('In the full-screen client. To send a text that starts with a slash, type two slashes.'),
    ...helpSections.flatMap(([heading, lines]) => [
      request('SS', heading),
      ...lines.flatMap(([name, help]) => definition(name, help)),
    ]),
    request('SH', 'EXIT STATUS'),
    ...exitMeanings.flatMap(([code, meaning]) => definition(String(code), meaning)),
    request('SH', 'ENVIRONMENT'),
    ...environment.flatMap(([name, meaning]) => definition(name, meaning)),
    request('SH', 'FILES'),
    ...files.flatMap(([name, meaning]) => definition(name, meaning)),
    '',
  ].join('\n');
}

/** The description in the NAME section, which `apropos` lists. */
function nameLine(program: Command): string {
  return program
    .description()
    .replace(/\.$/, '')
    .replace(/^./, (letter) => letter.toLowerCase());
}

function section(command: Command): string[] {
  return [
    request('SS', usageOf(command)),
    roffText(command.description()),
    ...terms(command),
    ...helpText(textAfter(command)),
    ...command.commands.flatMap((inner) => [
      '.PP',
      request('B', usageOf(inner)),
      '.RS',
      roffText(inner.description()),
      ...terms(inner),
      '.RE',
    ]),
  ];
}

/** The arguments, then the options under the headings of the help. */
function terms(command: Command): string[] {
  const help = command.createHelp();
  const parts = help
    .visibleArguments(command)
    .flatMap((argument) => definition(help.argumentTerm(argument), help.argumentDescription(argument)));
  let heading: string | undefined;
  for (const option of help.visibleOptions(command)) {
    if (option.long === '--help') continue;
    if (option.helpGroupHeading !== heading) {
      heading = option.helpGroupHeading;
      if (heading !== undefined) parts.push('.PP', request('I', heading));
    }
    parts.push(...definition(help.optionTerm(option), help.optionDescription(option)));
  }
  return parts;
}

function usageOf(command: Command): string {
  return command.createHelp().commandUsage(command);
}

/** The text of `addHelpText('after')`, which commander provides only as part of the whole help. */
function textAfter(command: Command): string {
  const output = command.configureOutput();
  let printed = '';
  command.configureOutput({ ...output, writeOut: (text) => (printed += text) });
  command.outputHelp();
  command.configureOutput(output);
  return printed.slice(command.helpInformation().length);
}
