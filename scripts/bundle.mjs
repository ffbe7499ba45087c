// Bundles the program into dist: a part a verb, so that each loads few files. Why: docs/adr/0010-bundled-verbs.md.
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { noticesOf } from './bundle-notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** Dependencies that become part of the program. The others find files of their own, are native, or load with the server. */
const bundled = new Set([
  'chalk',
  'commander',

  'image-dimensions',
  'ink',
  'protobufjs',
  'react',
  'smol-toml',
  'string-width',
  'ulid',
]);

/** Parts of older builds stay until they are this old: a program that started meanwhile may still load some. */
const keepMs = 10 * 60_000;

/** `--readable`: as it is written, so that coverage can be told by statement. */
const readable = process.argv.includes('--readable');

const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const options = {
  absWorkingDir: root,
  outbase: 'src',
  outdir: dist,
  entryNames: '[dir]/[name]',
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.9',
  // The last one is Ink's, which loads it for its developers only.
  external: [...Object.keys(dependencies).filter((name) => !bundled.has(name)), './devtools.js'],
  // What React and Ink check: the production build, and no developer tools.
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // CommonJS packages among them ask for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  // Names stay: stack traces are read.
  minifySyntax: !readable,
  minifyWhitespace: !readable,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: readable,
  metafile: true,
  write: false,
  logLevel: 'warning',
};
const program = await build({ ...options, entryPoints: ['src/cli/main.ts'] });
// A process of its own, which shares no part with the program: that would make more files to load at its start.
const pictures = await build({
  ...options,
  entryPoints: ['src/client/images/process/main.ts'],
  // It sets the colours of terminal-image's chalk, so it must be the same one.
  external: [...options.external, 'chalk'],
});
const outputFiles = [...program.outputFiles, ...pictures.outputFiles];

// Entries last, each in one step: a program that starts meanwhile is the old or the new one, never half of each.
const isEntry = ({ path }) => basename(path) === 'main.js';
for (const file of outputFiles.toSorted((a, b) => isEntry(a) - isEntry(b)))
  await replace(file.path, file.contents);
const notices = join(dist, 'third-party-licenses.txt');
await replace(notices, await noticesOf({ ...program.metafile.inputs, ...pictures.metafile.inputs }, root));
await removeOld(new Set([...outputFiles.map(({ path }) => path), notices]));

async function replace(path, contents) {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, contents);
  await rename(fresh, path);
}

async function removeOld(current) {
  for (const path of (await readdir(dist, { recursive: true })).map((name) => join(dist, name))) {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile() || current.has(path) || Date.now() - found.mtimeMs < keepMs) continue;
    await rm(path, { force: true });
  }
}
