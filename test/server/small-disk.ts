import { test } from '@jest/globals';
import { outputOf } from '../run-tool.js';

/**
 * A test with a disk of 24 MiB, in memory, at `folder`. It is skipped where none can be mounted (not Linux, not root);
 * with `CI=true` that is a failure.
 */
export function testOnSmallDisk(folder: string, name: string, body: () => Promise<void>): void {
  if (!mountSmallDisk(folder)) {
    if (process.env.CI === 'true') {
      test(name, () => {
        throw new Error('a small disk cannot be mounted: run as root');
      });
      return;
    }
    test.skip(`${name} (skipped: needs the right to mount a small disk)`, () => undefined);
    return;
  }
  test(name, async () => {
    try {
      await body();
    } finally {
      outputOf('umount', ['-l', folder]);
    }
  });
}

/** As `testOnSmallDisk`, with a function that makes the disk read-only. */
export function testOnReadOnlyMount(
  folder: string,
  name: string,
  body: (makeReadOnly: () => void) => Promise<void>,
): void {
  testOnSmallDisk(folder, name, () => body(() => void outputOf('mount', ['-o', 'remount,ro', folder])));
}

function mountSmallDisk(folder: string): boolean {
  try {
    outputOf('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]);
    return true;
  } catch {
    return false;
  }
}
