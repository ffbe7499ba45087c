/**
 * What the folders of the command line may import besides themselves and `src/shared`. A command imports the folders
 * below it, never another command; `io` is at the bottom.
 */
const io = { 'src/cli/io': 'uses streams, environment, signals and exit codes' };
const options = { 'src/cli/options': 'shares options and their values with other commands' };
const config = { 'src/cli/config': 'reads the configuration' };
const terminal = { 'src/cli/terminal': 'asks the user or the terminal' };
const connection = { 'src/cli/connection': 'connects to a server' };
const client = { 'src/client': 'uses addresses and the connection port' };
const sanitise = { 'src/client/terminal/text': 'sanitises what it prints' };
const messageFormat = { 'src/client/lines': 'formats messages and errors as lines' };

export default [
  {
    folder: 'src/cli',
    imports: {
      ...io,
      ...options,
      ...client,
      'src/cli/commands/completion': 'registers the command',
      'src/cli/commands/connect': 'registers the command',
      'src/cli/commands/doctor': 'registers the command',
      'src/cli/commands/history': 'registers the command',
      'src/cli/commands/send': 'registers the command',
      'src/cli/commands/serve': 'registers the command',
      'src/cli/commands/trust': 'registers the command',
      'src/cli/commands/users': 'registers the command',
    },
  },
  { folder: 'src/cli/commands/completion', imports: { ...io, ...options } },
  {
    folder: 'src/cli/commands/connect',
    imports: {
      ...io,
      ...options,
      ...config,
      ...terminal,
      ...connection,
      ...client,
      ...messageFormat,
      'src/cli/delivery': 'sends the lines of stdin',
      'src/cli/login': 'reads user and password',
      'src/cli/plain-output': 'prints messages without a screen',
      'src/client/feed': 'reads the messages of a server',
      'src/client/images': 'opens and saves images',
      'src/client/session': 'compares user names',
      'src/client/terminal': 'opens the terminal for the full-screen client',
      'src/client/terminal/colour': 'finds out how many colours the terminal has',
      'src/client/ui': 'runs the full-screen client',
      'src/client/ui/login': 'gives the login screen its way to connect',
    },
  },
  {
    folder: 'src/cli/commands/doctor',
    imports: {
      ...io,
      ...options,
      ...config,
      ...terminal,
      ...connection,
      ...client,
      ...sanitise,
      'src/cli/login': 'reads user and password',
      'src/client/clipboard': 'explains why the clipboard has nothing to paste',
      'src/client/images': 'checks how images are shown',
      'src/client/terminal': 'checks the terminal',
      'src/client/terminal/colour': 'checks the colours of the terminal',
      'src/client/terminal/input': "reads the terminal's answers",
    },
  },
  {
    folder: 'src/cli/commands/history',
    imports: {
      ...io,
      ...options,
      ...config,
      ...connection,
      ...client,
      ...messageFormat,
      'src/cli/plain-output': 'prints messages',
      'src/client/feed': 'reads and searches the messages of a server',
    },
  },
  {
    folder: 'src/cli/commands/send',
    imports: {
      ...io,
      ...options,
      ...config,
      ...connection,
      ...client,
      ...sanitise,
      'src/cli/delivery': 'sends a message and retries',
      'src/client/clipboard': 'sends what is in the clipboard',
      'src/client/images': 'reads and converts images',
    },
  },
  {
    folder: 'src/cli/commands/serve',
    imports: {
      ...io,
      ...options,
      ...config,
      'src/client/terminal': 'asks whether stderr can show colours',
      'src/server': 'runs the server',
      'src/server/async': 'waits for the server log with a timeout',
      'src/server/nats': 'reads the address of a NATS store',
      'src/server/net': 'reads the addresses of load balancers',
    },
  },
  {
    folder: 'src/cli/commands/trust',
    imports: {
      ...io,
      ...options,
      ...config,
      ...client,
      'src/client/grpc': 'lists and removes trusted certificates',
    },
  },
  {
    folder: 'src/cli/commands/users',
    imports: {
      ...io,
      ...options,
      ...config,
      ...terminal,
      'src/cli/login': 'reads a password',
      'src/server/accounts': 'changes the accounts',
      'src/server/files': 'prepares the data directory',
      'src/server/nats': 'changes the accounts in NATS',
    },
  },
  {
    folder: 'src/cli/config',
    imports: {
      ...io,
      ...options,
      ...client,
      'src/client/clipboard': 'opens the clipboard that the user configured',
      'src/client/grpc': 'checks a fingerprint',
      'src/client/images': 'knows the ways to show images',
    },
  },
  {
    folder: 'src/cli/connection',
    imports: {
      ...io,
      ...options,
      ...config,
      ...terminal,
      ...client,
      ...sanitise,
      'src/cli/login': 'reads user and password',
      'src/client/fail-over': 'continues with another server',
      'src/client/grpc': 'connects to the servers',
    },
  },
  { folder: 'src/cli/delivery', imports: { ...client } },
  {
    folder: 'src/cli/io',
    imports: { ...messageFormat, ...sanitise },
  },
  {
    folder: 'src/cli/login',
    imports: {
      ...io,
      ...options,
      ...terminal,
      ...client,
      'src/server/files': 'checks the permissions of a password file',
    },
  },
  { folder: 'src/cli/options', imports: { ...io } },
  { folder: 'src/cli/plain-output', imports: { ...io, ...messageFormat, ...sanitise } },
  {
    folder: 'src/cli/terminal',
    imports: {
      ...io,
      'src/client/clipboard': 'runs tmux',
      'src/client/images': "reads tmux's answer about the terminal around it",
    },
  },
];
