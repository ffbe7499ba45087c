// Generates the static protobuf code and its types from proto/ into src/shared/generated (not committed).
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['simplechat', 'chat/v1/detail', 'chat/v1/rooms', 'chat/v1/messages', 'chat/v1/presence'].map(
  (path) => `${root}proto/${path}.proto`,
);
const folder = `${root}src/shared/generated`;
const target = `${folder}/messages.js`;

const [{ default: pbjs }, { default: pbts }] = await Promise.all([
  import('protobufjs-cli/pbjs.js'),
  import('protobufjs-cli/pbts.js'),
]).catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('chat: the packages that build it are not installed. Run: npm ci');
  process.exit(1);
});

const run = (tool, args) =>
  new Promise((resolve, reject) => tool.main(args, (error) => (error ? reject(error) : resolve())));

const modified = async (path) => (await stat(path).catch(() => ({ mtimeMs: 0 }))).mtimeMs;
const newest = Math.max(...(await Promise.all([...sources, fileURLToPath(import.meta.url)].map(modified))));
if ((await modified(`${folder}/messages.d.ts`)) < newest) {
  await mkdir(folder, { recursive: true });
  const flags = ['--no-create', '--no-verify', '--no-delimited', '--no-convert', '--no-service'];
  await run(pbjs, [
    '-t',
    'static-module',
    '-w',
    'es6',
    ...flags,
    '-p',
    `${root}proto`,
    '-o',
    target,
    ...sources,
  ]);
  await run(pbts, ['-o', `${folder}/messages.d.ts`, target]);
  // Inside the namespace qtgrpc.examples.chat, `chat` means that namespace.
  const types = await readFile(`${folder}/messages.d.ts`, 'utf8');
  const unambiguous = types.replaceAll(/(?<![.\w])chat\.v1\./g, 'outerChat.v1.');
  await writeFile(`${folder}/messages.d.ts`, `${unambiguous}\nimport outerChat = chat;\n`);
}
