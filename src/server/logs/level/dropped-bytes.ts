import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../shared/error-code.js';

/**
 * How many damaged bytes LevelDB dropped when it last opened the database in `directory`. It goes on without
 * them and says so nowhere but in its own log file, which it begins anew each time.
 */
export async function droppedBytes(directory: string): Promise<number> {
  try {
    const text = await readFile(join(directory, 'LOG'), 'utf8');
    return [...text.matchAll(/: dropping (\d+) bytes; /g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
