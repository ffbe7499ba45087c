// Generates the static protobuf code and its types from proto/ into src/shared/generated (not committed).
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pbjs from 'protobufjs-cli/pbjs.js';
import pbts from 'protobufjs-cli/pbts.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['proto/simplechat.proto', 'proto/chat_extensions.proto', 'proto/chat/v1/detail.proto'].map(
  (path) => root + path,
);
const folder = `${root}src/shared/generated`;
const target = `${folder}/messages.js`;

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
  // Within the namespace qtgrpc.examples.chat, `chat` is that namespace.
  const types = await readFile(`${folder}/messages.d.ts`, 'utf8');
  const unambiguous = types.replaceAll(/(?<![.\w])chat\.v1\./g, 'outerChat.v1.');
  await writeFile(`${folder}/messages.d.ts`, `${unambiguous}\nimport outerChat = chat;\n`);
}
