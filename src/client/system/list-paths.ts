import { opendir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { raceTimeout } from '../../shared/async/with-timeout.js';
import { systemClock } from '../../shared/clock.js';

/** Which files are listed besides directories. */
export type PathFilter = (name: string) => boolean;

/** What a path may be completed to: directories end in `/`. `busy`: no answer in time, or not yet to the last question. */
export type ListedPaths = readonly string[] | 'busy';

/** Where relative paths and `~` start. */
export type PathOrigin = { readonly directory: string; readonly home: string | undefined };

const timeoutMs = 1000;
const maxEntries = 5000;
const maxPaths = 100;

/** Lists the paths that start with a text. Asks one drive at a time: those that never answer would use up all threads. */
export function createPathLister(
  origin: PathOrigin,
  clock = systemClock,
  list = listPaths,
): (text: string, filter: PathFilter) => Promise<ListedPaths> {
  let isBusy = false;
  return async (text, filter) => {
    if (isBusy) return 'busy';
    isBusy = true;
    const listing = list(text, filter, origin).finally(() => (isBusy = false));
    return (await raceTimeout(timeoutMs, listing, clock)) ?? 'busy';
  };
}

/** Sorted; empty if there is no such directory. Hidden files only if the text asks for them. */
async function listPaths(
  text: string,
  filter: PathFilter,
  { directory, home }: PathOrigin,
): Promise<readonly string[]> {
  const split = text.lastIndexOf('/') + 1;
  const [parent, start] = [text.slice(0, split), text.slice(split)];
  if (text === '~') return home === undefined ? [] : ['~/'];
  if (parent.startsWith('~/') && home === undefined) return [];
  const folder = parent.startsWith('~/') ? join(home ?? '', parent.slice(2)) : resolve(directory, parent);
  const found: string[] = [];
  let count = 0;
  try {
    for await (const entry of await opendir(folder)) {
      if (++count > maxEntries) break;
      const { name } = entry;
      if (!name.startsWith(start) || (name.startsWith('.') && !start.startsWith('.'))) continue;
      const isFolder =
        entry.isDirectory() || (entry.isSymbolicLink() && (await isDirectory(join(folder, name))));
      if (isFolder) found.push(`${parent}${name}/`);
      else if (filter(name)) found.push(parent + name);
    }
  } catch {
    return [];
  }
  return found.sort((one, other) => one.localeCompare(other)).slice(0, maxPaths);
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
