// Bundles the program into dist, one part per command, so that each loads few files: docs/adr/0010-bundled-commands.md.
// The dynamic imports in src/cli/commands/*/command.ts are where it is split.
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { noticesOf } from './bundle-notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** Dependencies inside the bundle. The others load their own files, are native, or load only with the server. */
const bundled = new Set([
  'chalk',
  'commander',
  'fuzzysort',
  'image-dimensions',
  'ink',
  'protobufjs',
  'react',
  'smol-toml',
  'string-width',
  'ulid',
]);

/** Parts of older builds are kept for this time, since a running program may still load them. */
const keepMs = 10 * 60_000;

/** `--readable`: not minified, so that coverage can be measured by statement. */
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
  // Ink imports devtools.js for its own developers only.
  external: [...Object.keys(dependencies).filter((name) => !bundled.has(name)), './devtools.js'],
  // Select the production build of React and disable the developer tools of Ink. Without fetch, which
  // the program does not use, yoga-layout decodes its WebAssembly itself: Node would load an HTTP client for that (20 ms).
  define: { fetch: 'undefined', 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Bundled CommonJS packages require modules of Node.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  // Names are not minified, for readable stack traces.
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
// A separate build: with shared parts this process would load more files at its start.
const images = await build({
  ...options,
  entryPoints: ['src/client/images/process/main.ts'],
  // It sets the colour level of the chalk that terminal-image imports, so it must be the same module.
  external: [...options.external, 'chalk'],
});
const outputFiles = [...program.outputFiles, ...images.outputFiles];

// Entries last, each replaced atomically, so that a program that starts now loads either the old or the new build.
const isEntry = ({ path }) => basename(path) === 'main.js';
for (const file of outputFiles.toSorted((a, b) => isEntry(a) - isEntry(b)))
  await replace(file.path, file.contents);
const notices = join(dist, 'third-party-licenses.txt');
await replace(notices, await noticesOf({ ...program.metafile.inputs, ...images.metafile.inputs }, root));
await removeOld(new Set([...outputFiles.map(({ path }) => path), notices]));

async function replace(path, contents) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}

async function removeOld(current) {
  for (const path of (await readdir(dist, { recursive: true })).map((name) => join(dist, name))) {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile() || current.has(path) || Date.now() - found.mtimeMs < keepMs) continue;
    await rm(path, { force: true });
  }
}
