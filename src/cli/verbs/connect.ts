import { type Command, Option } from 'commander';
import type { LoginFlags } from '../login.js';
import type { TrustFlags } from '../open-connection.js';
import { addLoginOptions, loginHelp } from './login-options.js';
import { addTrustOptions } from './trust-options.js';
import type { RunVerb } from './verb.js';

/** What stands on the command line of `chat connect`, as it was written. */
export type ConnectFlags = LoginFlags &
  TrustFlags & {
    readonly images: string;
    readonly debug?: boolean;
  };

const help = `
The address: host, host:port, http://host (plaintext) or https://host (TLS); else CHAT_ADDRESS, else
localhost:65002. Without a scheme: plaintext on loopback, TLS elsewhere.
${loginHelp}
In the full-screen client whatever is missing is asked on its login screen.

Exit codes:
  0  left                  2  usage
  1  unexpected failure    129, 130, 143  hung up, interrupted, terminated

Examples:
  chat connect
  chat connect chat.example.org --user anna`;

/** Registers `chat connect`. */
export function registerConnect(program: Command, run: RunVerb): void {
  const connect = program
    .command('connect')
    .summary('the full-screen client')
    .description('Joins the chat, full screen on this terminal.')
    .argument('[address]', 'the server')
    .optionsGroup('Screen:')
    .addOption(
      new Option('--images <mode>', 'pictures as half blocks, or off: captions only')
        .choices(['auto', 'blocks', 'off'])
        .default('auto'),
    );
  addLoginOptions(connect);
  addTrustOptions(connect.optionsGroup('TLS:'))
    .optionsGroup('Options:')
    .option('--debug', 'show stack traces of failures')
    .addHelpText('after', help)
    .action((address: string | undefined, flags: ConnectFlags) =>
      run(flags, async (shell) => (await import('../connect.js')).connect(address, flags, shell)),
    );
}
