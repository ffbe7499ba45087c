import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Overwrites 3,000 bytes in the middle of the first LevelDB file with this ending. */
export async function damageFile(directory: string, ending: string): Promise<void> {
  const name = (await readdir(directory)).find((file) => file.endsWith(ending));
  if (name === undefined) throw new Error(`no file *${ending} in ${directory}`);
  const bytes = await readFile(join(directory, name));
  const middle = Math.floor(bytes.length / 2);
  await writeFile(join(directory, name), bytes.fill(0xff, middle, middle + 3000));
}
