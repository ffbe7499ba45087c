import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../shared/error-code.js';

const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Creates a private file, complete or not. Follows no link. Rejects with the system's error, such as `EEXIST`. */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  const draft = join(
    dirname(path),
    `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`,
  );
  try {
    const file = await open(draft, 'wx', 0o600);
    await file.writeFile(bytes).finally(() => file.close());
    await putInPlace(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function putInPlace(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (!withoutLinks.has(errorCode(error))) throw error;
    // Without hard links, the name is reserved first, so that no other file is replaced.
    await (await open(path, 'wx', 0o600)).close();
    await rename(draft, path);
  }
}
