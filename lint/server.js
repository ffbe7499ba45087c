// What each folder of the server may import, with the reason. Checked by folder-imports.js.
export default [
  {
    folder: 'src/server/accounts',
    imports: {
      'src/server/files': 'replaces a file atomically',
      'src/server/net': 'counts failures for each address',
    },
  },
  {
    folder: 'src/server/app',
    imports: {
      'src/server/accounts': 'puts the server together',
      'src/server/files': 'puts the server together',
      'src/server/grpc': 'puts the server together',
      'src/server/limits': 'puts the server together',
      'src/server/logs': 'puts the server together',
      'src/server/logs/jetstream': 'puts the server together',
      'src/server/logs/level': 'puts the server together',
      'src/server/metrics': 'puts the server together',
      'src/server/nats': 'puts the server together',
      'src/server/net': 'puts the server together',
      'src/server/messages': 'puts the server together',
      'src/server/rooms': 'puts the server together',
      'src/server/streams': 'puts the server together',
      'src/server/tls': 'puts the server together',
    },
  },
  {
    folder: 'src/server/grpc',
    imports: {
      'src/server/accounts': 'checks the login of each call',
      'src/server/limits': 'bounds requests and responses',
      'src/server/net': 'knows the connection of a call, and counts calls for each address',
      'src/server/messages': 'calls the domain',
      'src/server/rooms': 'calls the domain',
      'src/server/streams': 'starts the streams of subscribers',
    },
  },
  {
    folder: 'src/server/logs',
    imports: {
      'src/server/messages': 'the types and rules of messages and presence',
    },
  },
  {
    folder: 'src/server/logs/jetstream',
    imports: {
      'src/server/logs': 'what the lasting logs have in common',
      'src/server/nats': 'the connection, and requests on it',
      'src/server/messages': 'the types and rules of messages and presence',
    },
  },
  {
    folder: 'src/server/logs/level',
    imports: {
      'src/server/accounts': 'keeps a note that users were added',
      'src/server/files': 'replaces a file atomically',
      'src/server/logs': 'what the lasting logs have in common',
      'src/server/messages': 'the types and rules of messages and presence',
    },
  },
  {
    folder: 'src/server/metrics',
    imports: {
      'src/server/limits': 'counts bytes in memory',
      'src/server/net': 'counts connections',
      'src/server/streams': 'counts subscribers',
    },
  },
  {
    folder: 'src/server/nats',
    imports: {
      'src/server/accounts': 'keeps the accounts in a bucket',
      'src/server/files': 'reads secrets from files',
      'src/server/messages': 'the types and rules of messages and presence',
    },
  },
  {
    folder: 'src/server/net',
    imports: {
      'src/server/tls': 'the type of a certificate',
    },
  },
  {
    folder: 'src/server/rooms',
    imports: {
      'src/server/accounts': 'knows which account has which name',
      'src/server/messages': 'folds the entries of the log, and posts messages',
    },
  },
  {
    folder: 'src/server/streams',
    imports: {
      'src/server/messages': 'reads the log',
      'src/server/rooms': 'sends to each reader what it may see',
    },
  },
  {
    folder: 'src/server/tls',
    imports: {
      'src/server/files': 'reads secrets and replaces files',
    },
  },
];
