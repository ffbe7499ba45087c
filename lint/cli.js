/**
 * What the folders of the command line may import besides themselves and `src/shared`. A command imports the folders
 * below it, never another command; `io` is at the bottom.
 */
export default [
  {
    folder: 'src/cli',
    imports: {
      'src/cli/commands/completion': 'registers the command',
      'src/cli/commands/connect': 'registers the command',
      'src/cli/commands/doctor': 'registers the command',
      'src/cli/commands/history': 'registers the command',
      'src/cli/commands/rooms': 'registers the command',
      'src/cli/commands/send': 'registers the command',
      'src/cli/commands/serve': 'registers the command',
      'src/cli/commands/trust': 'registers the command',
      'src/cli/commands/users': 'registers the command',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/options': 'shares options and their values with other commands',
      'src/client/system': 'starts programs and finds directories',
    },
  },
  {
    folder: 'src/cli/commands/completion',
    imports: {
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/options': 'shares options and their values with other commands',
    },
  },
  {
    folder: 'src/cli/commands/connect',
    imports: {
      'src/cli/config': 'reads the configuration',
      'src/cli/connection': 'connects to a server',
      'src/cli/delivery': 'sends the lines of stdin',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/login': 'reads user and password',
      'src/cli/options': 'shares options and their values with other commands',
      'src/cli/plain-output': 'prints messages without a screen',
      'src/client/connection': 'uses the connection port and addresses',
      'src/client/feed': 'reads the messages of a server',
      'src/client/images': 'opens and saves images',
      'src/client/images/graphics': 'detects graphics protocols and draws images',
      'src/client/images/process': 'decodes images in a process of their own',
      'src/client/lines': 'formats messages and errors as lines',
      'src/client/system': 'starts programs and finds directories',
      'src/client/terminal': 'opens the terminal for the full-screen client',
      'src/client/terminal/colour': 'finds out how many colours the terminal has',
      'src/client/ui': 'runs the full-screen client',
    },
  },
  {
    folder: 'src/cli/commands/doctor',
    imports: {
      'src/cli/config': 'reads the configuration',
      'src/cli/connection': 'connects to a server',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/login': 'reads user and password',
      'src/cli/options': 'shares options and their values with other commands',
      'src/client/clipboard': 'explains why the clipboard has nothing to paste',
      'src/client/connection': 'uses the connection port and addresses',
      'src/client/images/graphics': 'detects graphics protocols and draws images',
      'src/client/terminal': 'checks the terminal',
      'src/client/terminal/colour': 'checks the colours of the terminal',
      'src/client/terminal/input': "reads the terminal's answers",
      'src/client/terminal/text': 'sanitises what it prints',
    },
  },
  {
    folder: 'src/cli/commands/history',
    imports: {
      'src/cli/config': 'reads the configuration',
      'src/cli/connection': 'connects to a server',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/options': 'shares options and their values with other commands',
      'src/cli/plain-output': 'prints messages',
      'src/client/connection': 'uses the connection port and addresses',
      'src/client/feed': 'reads and searches the messages of a server',
      'src/client/lines': 'formats messages and errors as lines',
    },
  },
  {
    folder: 'src/cli/commands/rooms',
    imports: {
      'src/cli/config': 'reads the configuration',
      'src/cli/connection': 'connects to a server',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/options': 'shares options and their values with other commands',
      'src/cli/rooms': 'finds the rooms that a user names',
      'src/client/connection': 'uses the connection port and addresses',
      'src/client/lines': 'formats messages and errors as lines',
      'src/client/terminal/text': 'sanitises what it prints',
    },
  },
  {
    folder: 'src/cli/commands/send',
    imports: {
      'src/cli/config': 'reads the configuration',
      'src/cli/connection': 'connects to a server',
      'src/cli/delivery': 'sends a message and retries',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/options': 'shares options and their values with other commands',
      'src/client/clipboard': 'sends what is in the clipboard',
      'src/client/connection': 'uses the connection port and addresses',
      'src/client/images/decode': 'checks and prepares images',
      'src/client/system': 'starts programs and finds directories',
      'src/client/terminal/text': 'sanitises what it prints',
    },
  },
  {
    folder: 'src/cli/commands/serve',
    imports: {
      'src/cli/config': 'reads the configuration',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/options': 'shares options and their values with other commands',
      'src/client/terminal': 'asks whether stderr can show colours',
      'src/server/app': 'starts a server',
      'src/server/nats': 'reads the address of a NATS store',
      'src/server/net': 'reads the addresses of load balancers',
    },
  },
  {
    folder: 'src/cli/commands/trust',
    imports: {
      'src/cli/config': 'reads the configuration',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/options': 'shares options and their values with other commands',
      'src/client/connection': 'uses the connection port and addresses',
      'src/client/connection/trust': 'settles which certificates to trust',
    },
  },
  {
    folder: 'src/cli/commands/users',
    imports: {
      'src/cli/config': 'reads the configuration',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/login': 'reads a password',
      'src/cli/options': 'shares options and their values with other commands',
      'src/server/accounts': 'changes the accounts',
      'src/server/files': 'prepares the data directory',
      'src/server/nats': 'changes the accounts in NATS',
    },
  },
  {
    folder: 'src/cli/config',
    imports: {
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/options': 'shares options and their values with other commands',
      'src/client/clipboard': 'opens the clipboard that the user configured',
      'src/client/connection': 'uses the connection port and addresses',
      'src/client/connection/trust': 'settles which certificates to trust',
      'src/client/images/graphics': 'detects graphics protocols and draws images',
      'src/client/system': 'starts programs and finds directories',
      'src/client/ui/state': 'knows the settings of the full-screen client',
    },
  },
  {
    folder: 'src/cli/connection',
    imports: {
      'src/cli/config': 'reads the configuration',
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/login': 'reads user and password',
      'src/cli/options': 'shares options and their values with other commands',
      'src/client/connection': 'uses the connection port and addresses',
      'src/client/connection/grpc': 'connects over gRPC',
      'src/client/connection/transport': 'finds the proxy of an address',
      'src/client/connection/trust': 'settles which certificates to trust',
      'src/client/terminal/text': 'sanitises what it prints',
    },
  },
  {
    folder: 'src/cli/delivery',
    imports: {
      'src/client/connection': 'uses the connection port and addresses',
    },
  },
  {
    folder: 'src/cli/io',
    imports: {
      'src/client/lines': 'formats messages and errors as lines',
      'src/client/terminal/text': 'sanitises what it prints',
    },
  },
  {
    folder: 'src/cli/login',
    imports: {
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/cli/options': 'shares options and their values with other commands',
      'src/client/connection': 'uses the connection port and addresses',
      'src/client/system': 'starts programs and finds directories',
      'src/server/files': 'checks the permissions of a password file',
    },
  },
  {
    folder: 'src/cli/options',
    imports: {
      'src/cli/io': 'uses streams, environment, signals and exit codes',
    },
  },
  {
    folder: 'src/cli/plain-output',
    imports: {
      'src/cli/io': 'uses streams, environment, signals and exit codes',
      'src/client/lines': 'formats messages and errors as lines',
      'src/client/terminal/text': 'sanitises what it prints',
    },
  },
  {
    folder: 'src/cli/rooms',
    imports: {
      'src/client/connection': 'asks a server for its rooms',
    },
  },
];
