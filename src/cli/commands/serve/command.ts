import type { Command } from 'commander';
import { logFormats, logLevels, serveDefaults, type ServeFlags } from './serve-flags.js';
import type { RunCommand } from '../../options/command.js';

const help = `
Without added users, user1 to user5 with the password qwerty may log in, on a loopback address only.
Off loopback (--host 0.0.0.0) a server needs users and TLS, or says --demo-users and --insecure.

Connections from the addresses of --proxy-protocol must begin with a PROXY header, which is believed: limits and
throttling then count the client's address. From all other addresses none is taken. With it, a server on
a loopback address needs users and TLS (or --insecure) too, since others reach it through the load balancer.

SIGINT and SIGTERM finish what is under way and exit with 0; a second one ends at once.
SIGHUP reads the certificate files again; without TLS, or when the terminal is closed, it stops the server.

Examples:
  chat serve                                       try it on this machine
  chat users add anna && chat serve --host 0.0.0.0 --tls-self-signed
  chat serve --host chat.example.org --tls-cert fullchain.pem --tls-key privkey.pem
  chat serve --store memory --port 0               nothing lasts, any free port
  chat serve --keep 90d --log-format json

Several servers share one room, its messages and its users, over NATS JetStream (nats-server 2.9 or newer):
  chat serve --store nats://nats1,nats2,nats3?replicas=3
Settings behind the ?, joined by &: stream=NAME (default CHAT), replicas=N, creds=FILE,
user=NAME and password-file=FILE; with tls:// also ca=FILE, and cert=FILE and key=FILE.
With user names added there: chat users add anna --store nats://nats1`;

/** Registers `chat serve`. */
export function registerServe(program: Command, run: RunCommand): void {
  program
    .command('serve')
    .summary('run a server')
    .description('Runs a chat server until it is interrupted.')
    .usage('[options]')
    .optionsGroup('Where it listens:')
    .option('--host <host>', 'name or address to listen on', serveDefaults.host)
    .option('--port <port>', 'port; 0 takes any free one', serveDefaults.port)
    .optionsGroup('What it keeps:')
    .option('--data <dir>', "directory for messages, accounts and key (default: this user's data directory)")
    .option(
      '--store <store>',
      'embedded, memory (nothing lasts), or nats://HOST[,HOST...]: many servers, one room',
      serveDefaults.store,
    )
    .option('--history <n>', 'newest messages that a new reader gets, at most', serveDefaults.history)
    .option(
      '--keep <days|size>',
      'drop the oldest messages beyond this, such as 90d or 2GB (default: keep all)',
    )
    .option(
      '--new-log',
      'make the messages a new log, once, after a backup was put back: clients start their lists anew',
    )
    .optionsGroup('Limits:')
    .option('--max-text <bytes>', 'largest text in bytes, or as 16KiB', serveDefaults.maxText)
    .option('--max-image <bytes>', 'largest image in bytes, or as 2MB', serveDefaults.maxImage)
    .option(
      '--rate <n>',
      'messages a second for each user, in bursts of 5 times as many; 0: no limit',
      serveDefaults.rate,
    )
    .option('--max-connections <n>', 'connections in all', serveDefaults.maxConnections)
    .option(
      '--max-connections-per-address <n>',
      'connections from one address; loopback is exempt',
      serveDefaults.maxConnectionsPerAddress,
    )
    .option(
      '--max-streams-per-user <n>',
      'clients of one user that are connected at once',
      serveDefaults.maxStreamsPerUser,
    )
    .option(
      '--proxy-protocol <from>',
      'load balancers, as addresses or networks with commas between, that say in a PROXY header (v1 or v2) who connects',
    )
    .optionsGroup('Who may come in:')
    .option('--demo-users', 'let user1 to user5 (password qwerty) in on any address')
    .option('--tls-cert <file>', 'certificate chain, PEM')
    .option('--tls-key <file>', 'its private key, PEM')
    .option('--tls-self-signed', 'make and keep a certificate, and print its SHA-256 for the clients')
    .option('--insecure', 'allow plaintext off loopback: passwords can be read on the way')
    .optionsGroup('Running it:')
    .option('--metrics-port <port>', 'Prometheus metrics on this port, loopback only (default: none)')
    .option('--log-level <level>', logLevels.join(', '), serveDefaults.logLevel)
    .option('--log-format <format>', `${logFormats.join(' or ')} (default: pretty on a terminal, else json)`)
    .option('--debug', 'show stack traces of failures')
    .addHelpText('after', help)
    .action((flags: ServeFlags) => run(flags, async (io) => (await import('./serve.js')).serve(flags, io)));
}
