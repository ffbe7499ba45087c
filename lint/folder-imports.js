// A local ESLint rule: a folder of `src` may import what its table lists, and nothing else. Each area has a table, a file
// of this folder whose default export is a list of
//   { folder: 'src/server/grpc', imports: { 'src/server/messages': 'calls the domain' } }
// A folder is one directory without its subfolders. Imports inside a folder, and of `src/shared`, need no entry.
import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const shared = 'src/shared';

/** The areas with the file of their table. A folder belongs to the first that it is below. */
const areas = [
  { path: 'src/shared', table: 'shared' },
  { path: 'src/server', table: 'server' },
  { path: 'src/client/ui', table: 'ui' },
  { path: 'src/client', table: 'client' },
  { path: 'src/cli', table: 'cli' },
];

/** What holds in every folder of an end, whatever its table says. */
const ends = {
  'src/shared': { rejects: ['src/server', 'src/client', 'src/cli'], because: 'both ends use shared/' },
  'src/server': { rejects: ['src/client', 'src/cli'], because: 'both ends meet only on the wire' },
  'src/client': { rejects: ['src/server', 'src/cli'], because: 'both ends meet only on the wire' },
};

const tables = await readTables();
const allowed = new Map(tables.flatMap(({ rows }) => rows).map(({ folder, imports }) => [folder, imports]));
rejectCycles();

/** For `plugins` in eslint.config.js, as `local/folder-imports`. */
export default {
  rules: {
    'folder-imports': {
      meta: {
        type: 'problem',
        schema: [],
        messages: {
          end: '{{from}} must not import {{to}}: {{because}}.',
          unlisted: '{{from}} must not import {{to}}: lint/{{table}}.js does not list it.',
        },
      },
      create: createRule,
    },
  },
};

function createRule(context) {
  const file = relative(root, context.filename);
  const from = dirname(file);
  const check = (node) => {
    const specifier = node?.value;
    if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
    const to = dirname(relative(root, resolve(dirname(context.filename), specifier)));
    if (to === from || !isBelow('src', to)) return;
    const [, end] = Object.entries(ends).find(([path]) => isBelow(path, from)) ?? [];
    if (end?.rejects.some((path) => isBelow(path, to))) {
      context.report({ node, messageId: 'end', data: { from, to, because: end.because } });
      return;
    }
    const table = tables.find(({ path }) => isBelow(path, from));
    if (!table?.exists || isAlwaysAllowed(from, to) || allowed.get(from)?.[to] !== undefined) return;
    context.report({ node, messageId: 'unlisted', data: { from, to, table: table.table } });
  };
  return {
    ImportDeclaration: ({ source }) => check(source),
    ExportNamedDeclaration: ({ source }) => check(source),
    ExportAllDeclaration: ({ source }) => check(source),
    ImportExpression: ({ source }) => check(source),
    TSImportType: ({ source }) => check(source),
  };
}

function isAlwaysAllowed(from, to) {
  if (isBelow(`${shared}/generated`, to)) return true;
  return isBelow(shared, to) && !isBelow(shared, from);
}

function isBelow(path, folder) {
  return folder === path || folder.startsWith(`${path}/`);
}

async function readTables() {
  return Promise.all(
    areas.map(async ({ path, table }) => {
      const file = resolve(import.meta.dirname, `${table}.js`);
      if (!existsSync(file)) return { path, table, exists: false, rows: [] };
      const { default: rows } = await import(file);
      return { path, table, exists: true, rows };
    }),
  );
}

/** Throws where the tables let folders import each other, directly or through others. */
function rejectCycles() {
  const done = new Set();
  const visit = (folder, above) => {
    if (above.includes(folder)) {
      const cycle = [...above.slice(above.indexOf(folder)), folder].join(' → ');
      throw new Error(`lint/*.js lets folders import each other in a cycle: ${cycle}`);
    }
    if (done.has(folder)) return;
    for (const next of Object.keys(allowed.get(folder) ?? {})) visit(next, [...above, folder]);
    done.add(folder);
  };
  for (const folder of allowed.keys()) visit(folder, []);
}
