import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { describe, test } from '@jest/globals';

/**
 * A group of tests that use programs of the machine. Where one is missing the group is skipped and its name says
 * why; with `CI=true` that is a failure, so that nothing goes untested unseen.
 */
export function describeWith(programs: readonly string[], name: string, body: () => void): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const absence = `${name} (not tested here: ${missing.join(', ')} not installed)`;
  if (process.env.CI === 'true') {
    test(name, () => {
      throw new Error(`install ${missing.join(', ')}`);
    });
  } else describe.skip(absence, body);
}

/** True if a program of that name is on the search path. */
export function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
