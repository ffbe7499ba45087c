import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

/**
 * An import rule: `files` may not import what matches `regex`; `message` says why.
 * ESLint keeps only the last `no-restricted-imports` that matches a file, so each file gets the union.
 */
const boundaries = [
  {
    files: ['src/shared/'],
    regex: '/(cli|client|server)/',
    message: 'shared/ is what both ends agree on: it imports nothing of ours.',
  },
  {
    files: ['src/shared/'],
    // Digests are no IO.
    regex: '^(node:(?!crypto$)|@grpc/|react|ink)',
    message: 'shared/ does no IO: it must run anywhere, in both ends.',
  },
  {
    files: ['src/server/'],
    regex: '/(client|cli)/',
    message: 'The server knows neither clients nor the shell: they meet only on the wire.',
  },
  {
    files: ['src/client/'],
    regex: '/(server|cli)/',
    message: 'The client knows neither the server nor the shell: they meet only on the wire.',
  },
  {
    files: ['src/client/'],
    except: ['src/client/connection/grpc/'],
    regex: '^@grpc/',
    message: 'Only client/connection/grpc speaks gRPC; everything else uses the Connection port.',
  },
  {
    files: ['src/client/session/'],
    regex: '/ui/|^(react|ink)',
    message: 'session/ is the pure core: ui imports it, never back, and it draws nothing.',
  },
  {
    files: ['src/client/session/', 'src/client/ui/'],
    regex: '/grpc/',
    message: 'The session and the screen talk to the Connection port, not to its gRPC implementation.',
  },
  {
    files: ['src/client/terminal/', 'src/client/images/', 'src/client/clipboard/'],
    regex: '/(ui|session|grpc)/|^(react|ink)$',
    message: 'Terminal, images and clipboard are tools below the screen: they do not know who uses them.',
  },
  {
    files: ['src/server/'],
    except: ['src/server/logs/'],
    regex: '^classic-level',
    message: 'Only server/logs knows a store; everything else uses the MessageLog port.',
  },
  {
    files: ['src/server/'],
    except: ['src/server/logs/', 'src/server/nats/'],
    regex: '^@nats-io/',
    message: 'Only server/nats and the log in JetStream know NATS; everything else uses their ports.',
  },
  {
    files: ['src/server/room/', 'src/server/logs/', 'src/server/accounts/'],
    regex: '^@grpc/',
    message: 'The domain and its stores do not know how they are reached.',
  },
  {
    files: ['src/cli/'],
    except: ['src/cli/demo'],
    regex: '^(@grpc/|classic-level|ink$|react$|sharp$)',
    message: 'cli/ is arguments, streams, signals and exit codes. Heavy parts load with their command.',
  },
];

const folders = [...new Set(boundaries.flatMap(({ files, except = [] }) => [...files, ...except]))];

/** The patterns that hold in `folder`: those of every folder above it, less the exceptions. */
const patternsIn = (folder) =>
  boundaries
    .filter(
      ({ files, except = [] }) =>
        files.some((file) => folder.startsWith(file)) && !except.some((e) => folder.startsWith(e)),
    )
    .map(({ regex, message }) => ({ regex, message }));

const importRules = folders
  .sort((a, b) => a.length - b.length)
  .map((folder) => ({
    files: [folder.endsWith('/') ? `${folder}**` : `${folder}*.ts`],
    ignores: ['**/*.test.ts', '**/*.test.tsx'],
    rules: { 'no-restricted-imports': ['error', { patterns: patternsIn(folder) }] },
  }));

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'src/shared/generated'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Thrown values are ChatError; a rejected AbortSignal's reason is rethrown as it is.
      '@typescript-eslint/only-throw-error': ['error', { allowRethrowing: true, allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      // Protobuf enums are open: a number that the schema does not name passes as it is.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // The sanitiser and the key decoder are about control characters.
      'no-control-regex': 'off',
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.object.name='AbortSignal'][callee.property.name='any'] MemberExpression[object.name='AbortSignal'][property.name='timeout']",
          message:
            'Its timer may be garbage collected, and then it never aborts (nodejs/node#57736): use withTimeout.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    ignores: ['**/*.test.ts', '**/*.test.tsx'],
    plugins: { jsdoc },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { FunctionDeclaration: false },
          // A type is a contract; a short function says what it does by its name.
          contexts: [
            'ExportNamedDeclaration > TSTypeAliasDeclaration',
            { context: 'ExportNamedDeclaration > FunctionDeclaration', minLineCount: 11 },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'test/**/*.ts'],
    rules: { 'max-lines': 'off' },
  },
  ...importRules,
);
