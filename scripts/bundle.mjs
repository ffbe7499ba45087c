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

  'image-dimensions',
  'ink',
  'protobufjs',
  'react',
  'smol-toml',
  'string-width',
  'ulid',
]);

/** How long parts of older builds stay: a running program may still load some. */
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
  // The last one is Ink's, for its own developers.
  external: [...Object.keys(dependencies).filter((name) => !bundled.has(name)), './devtools.js'],
  // React and Ink check these: production build, no developer tools.
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  // Bundled CommonJS packages require Node's modules.
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
// A separate build: shared parts would be more files for this process to load at its start.
const images = await build({
  ...options,
  entryPoints: ['src/client/images/process/main.ts'],
  // It sets the colours of terminal-image's chalk, so it must be the same one.
  external: [...options.external, 'chalk'],
});
const outputFiles = [...program.outputFiles, ...images.outputFiles];

// Entries last, each replaced atomically: a program that starts now is the old one or the new one, never a mixture.
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
