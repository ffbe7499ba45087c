import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The licence texts of every package with a file among the inputs of a bundle, which most licences require. */
export async function noticesOf(inputs, root) {
  const folders = new Set(
    Object.keys(inputs)
      .map(packageFolder)
      .filter((folder) => folder !== undefined),
  );
  const notices = await Promise.all([...folders].sort().map((folder) => notice(join(root, folder))));
  return `chat contains parts of these packages.\n\n${notices.join('\n')}`;
}

/** The folder of the package, such as `node_modules/a/node_modules/@b/c`; undefined for our own files. */
function packageFolder(path) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file === undefined ? `License: ${license}\n` : await readFile(join(folder, file), 'utf8');
  return `${'-'.repeat(80)}\n${name} ${version}\n\n${text.trim()}\n`;
}
