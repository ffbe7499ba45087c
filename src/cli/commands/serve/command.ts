import type { Command } from 'commander';
import { logFormats, logLevels, serveDefaults, type ServeFlags } from './serve-flags.js';
import type { RunCommand } from '../../options/command-options.js';

const help = `
Until a user is added, user1 to user5 can log in with the password qwerty, on a
loopback address only. On any other address (--host 0.0.0.0) a server needs
users and TLS, or --demo-users and --insecure.

Connections from the addresses of --proxy-protocol must begin with a PROXY
header, which is trusted: limits and throttling then count the client's address.
No other address may send one. Since clients then reach a loopback address
through the load balancer, it needs users and TLS (or --insecure) too.

SIGINT and SIGTERM finish the calls in progress and exit with 0; a second one
exits immediately. SIGHUP reloads the certificate files; without TLS, or when
the terminal was closed, it stops the server.

Examples:
  chat serve                                   try it on this machine
  chat users add anna && chat serve --host 0.0.0.0 --tls-self-signed
  chat serve --host 0.0.0.0 --tls-cert fullchain.pem --tls-key privkey.pem
  chat serve --store memory --port 0           keep nothing, use any free port
  chat serve --keep 90d --log-format json

Several servers can share one room, its messages and its users, over NATS
JetStream (nats-server 2.9 or newer). Settings follow a ?, joined by &:
stream=NAME (default CHAT), replicas=N, creds=FILE, user=NAME and
password-file=FILE; with tls:// also ca=FILE, cert=FILE and key=FILE.

With NATS:
  chat serve --store 'nats://nats1,nats2,nats3?replicas=3'
  chat users add anna --store nats://nats1`;

/** Registers `chat serve`. */
export function registerServe(program: Command, run: RunCommand): void {
  program
    .command('serve')
    .summary('run a server')
    .description('Runs a chat server until it is interrupted.')
    .usage('[options]')
    .optionsGroup('Where it listens:')
    .option('--host <host>', 'host name or address to listen on', serveDefaults.host)
    .option('--port <port>', 'port to listen on; 0: any free one', serveDefaults.port)
    .optionsGroup('Access:')
    .option('--demo-users', 'allow user1 to user5 (password qwerty) on any address')
    .option('--tls-cert <file>', 'certificate chain (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--tls-self-signed', 'create a certificate once, and print its SHA-256 for the users')
    .option('--insecure', 'allow plaintext on any address: passwords can be read on the network')
    .optionsGroup('Storage:')
    .option('--data <dir>', "directory for messages, accounts and key (default: this user's data directory)")
    .option(
      '--store <store>',
      'embedded, memory (kept until exit), or nats://HOST[,HOST...] (several servers share one room)',
      serveDefaults.store,
    )
    .option('--history <n>', 'how many of the newest messages a new client gets', serveDefaults.history)
    .option(
      '--keep <days|size>',
      'remove the oldest messages beyond this, such as 90d or 2GB (default: keep all)',
    )
    .option(
      '--new-log',
      'once, after restoring a backup: give the log a new id, so that clients load it again from the start',
    )
    .optionsGroup('Limits:')
    .option('--max-text <bytes>', 'largest text in bytes, or as 16KiB', serveDefaults.maxText)
    .option('--max-image <bytes>', 'largest image in bytes, or as 2MB', serveDefaults.maxImage)
    .option(
      '--rate <n>',
      'messages per second and user, with bursts of 5 times as many; 0: no limit',
      serveDefaults.rate,
    )
    .option('--max-connections <n>', 'connections in total', serveDefaults.maxConnections)
    .option(
      '--max-connections-per-address <n>',
      'connections from one address; loopback is exempt',
      serveDefaults.maxConnectionsPerAddress,
    )
    .option('--max-streams-per-user <n>', 'connected clients of one user', serveDefaults.maxStreamsPerUser)
    .option(
      '--proxy-protocol <from>',
      'comma-separated addresses or networks of load balancers that send PROXY headers (v1 or v2)',
    )
    .optionsGroup('Operation:')
    .option('--metrics-port <port>', 'Prometheus metrics on this port, loopback only (default: none)')
    .option('--log-level <level>', logLevels.join(', '), serveDefaults.logLevel)
    .option('--log-format <format>', `${logFormats.join(' or ')} (default: pretty on a terminal, else json)`)
    .option('--debug', 'show stack traces of failures')
    .addHelpText('after', help)
    .action((flags: ServeFlags) => run(flags, async (io) => (await import('./serve.js')).serve(flags, io)));
}
