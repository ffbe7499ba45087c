import type { Command } from 'commander';
import { commands as slashCommands } from '../../src/client/ui/commands/commands.js';
import { keyHelp } from '../../src/client/ui/help/help.js';
import { exitMeanings } from '../../src/cli/io/exit-codes.js';
import { definition, helpText, request, roffText } from './roff.js';

/** The variables that `chat` reads, and what each says. */
const environment: readonly (readonly [name: string, meaning: string])[] = [
  ['CHAT_ADDRESS', 'The server, where no address is given.'],
  ['CHAT_USER', 'Who logs in, where --user does not say it.'],
  ['CHAT_PASSWORD', 'The password, where no option names a source of it.'],
  ['CHAT_OPENER', 'The command that /open hands the file of a picture to, in place of that of the desktop.'],
  [
    'CHAT_CLIPBOARD_COMMAND',
    "What reads the clipboard in place of the desktop's tools: it prints an image or a text.",
  ],
  ['VISUAL, EDITOR', 'The editor of Ctrl+X Ctrl+E.'],
  [
    'grpc_proxy, https_proxy, http_proxy',
    'The HTTP proxy that connections to other machines go through, http://HOST:PORT or https://HOST:PORT. The first one that is set counts, in lower or upper case.',
  ],
  [
    'no_grpc_proxy, no_proxy',
    'Servers that no proxy leads to: domains, IP addresses, ranges such as 10.0.0.0/8, or *, with commas between. In lower or upper case.',
  ],
  ['NO_COLOR', 'If set: no colours.'],
  [
    'COLORFGBG',
    "The terminal's colours, as rxvt and Konsole set it: a light background where it ends in 7 or 9 to 15. Counts until the terminal answers the question for its background (OSC 11).",
  ],
];

/** Where Linux has them; `standard-paths.ts` finds them on the other systems. */
const files: readonly (readonly [name: string, meaning: string])[] = [
  ['~/.config/chat/config.toml', 'Settings, and servers by name.'],
  ['~/.local/share/chat', 'What chat serve keeps: messages, accounts, its own certificate.'],
  ['~/.config/chat/trusted-servers.json', 'The certificates that were confirmed.'],
];

/** The manual page `chat(1)`, in roff, from what the program says of itself: commands, options, keys, exit codes. */
export function manPage(program: Command, version: string): string {
  const verbs = program.commands;
  return [
    '.\\" Written by `npm run docs:man` from the help of the program.',
    request('TH', 'CHAT', '1', '', `chat ${version}`, 'User Commands'),
    // No hyphenation and no justified lines: options and commands stay whole.
    '.nh',
    '.ad l',
    request('SH', 'NAME'),
    roffText(`chat - ${nameLine(program)}`),
    request('SH', 'SYNOPSIS'),
    ...verbs.flatMap((verb) => [request('B', usageOf(verb)), '.br']),
    request('SH', 'DESCRIPTION'),
    roffText(program.description()),
    ...helpText(textAfter(program)),
    request('SH', 'COMMANDS'),
    ...verbs.flatMap(section),
    request('SH', 'KEYS'),
    roffText('In the full-screen client:'),
    ...keyHelp.flatMap(([keys, does]) => definition(keys, does)),
    request('SH', 'SLASH COMMANDS'),
    roffText('Typed into the full-screen client. A text that starts with a slash is sent with two.'),
    ...slashCommands.flatMap(({ usage, does }) => definition(usage, does)),
    request('SH', 'EXIT STATUS'),
    ...exitMeanings.flatMap(([code, meaning]) => definition(String(code), meaning)),
    request('SH', 'ENVIRONMENT'),
    ...environment.flatMap(([name, meaning]) => definition(name, meaning)),
    request('SH', 'FILES'),
    ...files.flatMap(([name, meaning]) => definition(name, meaning)),
    '',
  ].join('\n');
}

/** What follows the name on the page's first line, which `apropos` lists. */
function nameLine(program: Command): string {
  return program.description().replace(/\.$/, '').replace(/^T/, 't');
}

/** One verb, and what can follow it, below a heading of its own. */
function section(verb: Command): string[] {
  return [
    request('SS', usageOf(verb)),
    roffText(verb.description()),
    ...terms(verb),
    ...helpText(textAfter(verb)),
    ...verb.commands.flatMap((inner) => [
      '.PP',
      request('B', usageOf(inner)),
      '.RS',
      roffText(inner.description()),
      ...terms(inner),
      '.RE',
    ]),
  ];
}

/** A command's arguments and options, the options under the headings of the help. */
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

/** What `addHelpText('after')` added: commander gives it only when it prints the whole help. */
function textAfter(command: Command): string {
  const output = command.configureOutput();
  let printed = '';
  command.configureOutput({ ...output, writeOut: (text) => (printed += text) });
  command.outputHelp();
  command.configureOutput(output);
  return printed.slice(command.helpInformation().length);
}
