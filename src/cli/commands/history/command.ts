import type { Command } from 'commander';
import type { HistoryFlags } from './history.js';
import { addLoginOptions, loginHelp } from '../../options/login-options.js';
import { addTrustOptions } from '../../options/trust-options.js';
import type { RunCommand } from '../../options/command.js';

const help = `
The address: host, host:port, http://host (plaintext) or https://host (TLS), or a name from the configuration;
else CHAT_ADDRESS, else localhost:65002. Several with commas between: the first of them that answers.
A time: 2026-11-22, 2026-11-22T09:14:03Z, or 2h for two hours ago. Digits alone are a sequence.
${loginHelp}

Exit codes:
  0  printed                                          4  login refused
  1  unexpected failure, or a server without history  5  rate limited
  2  usage                                            7  certificate not trusted, or changed
  3  server unreachable, or time-out                  129, 130, 143  hung up, interrupted, terminated

Examples:
  chat history --limit 50
  chat history --search deploy --since 7d
  chat history chat.example.org --json > room.jsonl`;

/** Registers `chat history`. */
export function registerHistory(program: Command, run: RunCommand): void {
  const history = program
    .command('history')
    .summary('print or search what the server keeps')
    .description('Prints what the server keeps, oldest first, a line a message.')
    .argument('[address]', 'the server')
    .optionsGroup('Which messages:')
    .option('--search <text>', 'only texts that hold this, in any case')
    .option('--since <time|sequence>', 'only what was written from then on, or follows that sequence')
    .option('--until <time|sequence>', 'only what was written before that time, or up to that sequence')
    .option('--limit <n>', 'the newest n of these (default: all)');
  addTrustOptions(addLoginOptions(history).optionsGroup('TLS:'))
    .optionsGroup('Output:')
    .option('--json', 'a JSON object a line, see docs/json.md')
    .option('--debug', 'show stack traces of failures')
    .optionsGroup('Options:')
    .addHelpText('after', help)
    .action((address: string | undefined, flags: HistoryFlags) =>
      run(flags, async (io) => (await import('./history.js')).history(address, flags, io)),
    );
}
