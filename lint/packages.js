// Which folders must not import which packages, with the reason. `except`: folders below that may.
export default [
  {
    folders: ['src/shared/'],
    // Digests are no IO.
    regex: '^(node:(?!crypto$)|@grpc/|react|ink)',
    message: 'shared/ does no IO: it must run anywhere, in both ends.',
  },
  {
    folders: ['src/server/'],
    except: ['src/server/logs/'],
    regex: '^classic-level',
    message: 'Only server/logs knows LevelDB; everything else uses the MessageLog port.',
  },
  {
    folders: ['src/server/'],
    except: ['src/server/logs/', 'src/server/nats/'],
    regex: '^@nats-io/',
    message: 'Only server/nats and the log in JetStream know NATS; everything else uses their ports.',
  },
  {
    folders: ['src/server/messages/', 'src/server/logs/', 'src/server/accounts/'],
    regex: '^@grpc/',
    message: 'The domain and its stores do not know how they are reached.',
  },
  {
    folders: ['src/client/'],
    except: ['src/client/connection/grpc/'],
    regex: '^@grpc/',
    message: 'Only client/connection/grpc speaks gRPC; everything else uses the Connection port.',
  },
  {
    folders: ['src/client/session/'],
    regex: '^(react|ink)',
    message: 'session/ is the pure core: it draws nothing.',
  },
  {
    folders: ['src/client/terminal/', 'src/client/images/', 'src/client/clipboard/'],
    regex: '^(react|ink)$',
    message: 'Terminal, images and clipboard are tools below the screen: they do not know who uses them.',
  },
  {
    folders: ['src/cli/'],
    except: ['src/cli/demo'],
    regex: '^(@grpc/|classic-level|ink$|react$|sharp$)',
    message: 'cli/ is the shell: argv, streams, signals and exit codes. Heavy parts load with their command.',
  },
];
