import type { Command } from 'commander';
import type { HistoryFlags } from './history.js';
import {
  addLoginOptions,
  addRoomOptions,
  addressHelp,
  loginHelp,
  addTrustOptions,
  type RunCommand,
} from '../../options/command-options.js';

const help = `${addressHelp}
Of several addresses, separated by commas, the first that answers is used.
A time: 2026-11-22, 2026-11-22T09:14:03Z, today, yesterday, or an age such as 2h
(s, m, h, d or w: seconds to weeks). Without Z or +01:00 it is local time.
Digits alone are a sequence.
${loginHelp}

Exit codes:
  0  printed                            4  login refused
  1  unexpected failure, or no history  5  rate limited
  2  usage                              7  certificate not trusted, or changed
  3  server unreachable, or time-out    8  no such room, or not permitted
  129, 130, 143  ended by a signal

Examples:
  chat history --limit 50
  chat history --search deploy --since 7d
  chat history --search deploy --all
  chat history --room ops --limit 20 --events
  chat history chat.example.org --json > room.jsonl`;

/** Registers `chat history`. */
export function registerHistory(program: Command, run: RunCommand): void {
  const history = program
    .command('history')
    .summary('print or search the stored messages')
    .description('Prints the messages that the server stores, oldest first, one per line.')
    .argument('[address]', 'the server')
    .optionsGroup('Which messages:');
  addRoomOptions(history)
    .option('--all', 'with --search: search all rooms that you can read')
    .option('--events', 'with --room: also who joined or left, and what changed')
    .option('--search <text>', 'only texts that contain this, ignoring case')
    .option('--since <time|sequence>', 'only messages written since then, or after that sequence')
    .option('--until <time|sequence>', 'only messages written before then, or up to that sequence')
    .option('--limit <n>', 'only the newest n of these (default: all)');
  addTrustOptions(addLoginOptions(history).optionsGroup('TLS:'))
    .optionsGroup('Output:')
    .option('--json', 'print one JSON object per message, see docs/json.md')
    .option('--debug', 'show stack traces of failures')
    .optionsGroup('Options:')
    .addHelpText('after', help)
    .action((address: string | undefined, flags: HistoryFlags) =>
      run(flags, async (io) => (await import('./history.js')).history(address, flags, io)),
    );
}
