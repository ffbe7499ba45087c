import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';
import local from './lint/folder-imports.js';
import packageBans from './lint/packages.js';

const banFolders = [...new Set(packageBans.flatMap(({ folders, except = [] }) => [...folders, ...except]))];

/** The package bans that hold in `folder`: those of every folder above it, less the exceptions. */
const bansIn = (folder) =>
  packageBans
    .filter(
      ({ folders, except = [] }) =>
        folders.some((path) => folder.startsWith(path)) && !except.some((path) => folder.startsWith(path)),
    )
    .map(({ regex, message }) => ({ regex, message }));

const tests = ['**/*.test.ts', '**/*.test.tsx'];

// ESLint keeps only the last `no-restricted-imports` that matches a file, so each file gets the union.
const packageRules = banFolders
  .sort((a, b) => a.length - b.length)
  .map((folder) => ({
    files: [folder.endsWith('/') ? `${folder}**` : `${folder}*.ts`],
    ignores: tests,
    rules: { 'no-restricted-imports': ['error', { patterns: bansIn(folder) }] },
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
    ignores: tests,
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
    files: [...tests, 'test/**/*.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: [...tests, 'test/**/*.ts'],
    ignores: ['test/run-tool.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          name: 'node:child_process',
          importNames: ['execFileSync', 'execSync', 'spawnSync'],
          message: 'A tool that never ends would block Jest: use test/run-tool.ts.',
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'src/**/*.tsx'],
    ignores: tests,
    plugins: { local },
    rules: { 'local/folder-imports': 'error' },
  },
  ...packageRules,
);
