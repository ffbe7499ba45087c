import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { describe, test } from '@jest/globals';

/**
 * A group of tests that use programs of the machine. Where one is missing the group is skipped and its name says
 * why; with `CI=true` that is a failure, so that nothing goes untested unseen.
 */
export function describeWith(programs: readonly string[], name: string, body: () => void): void {
  describeWithout(
    programs.filter((program) => !isInstalled(program)),
    name,
    body,
  );
}

/** The same for what is no program on the search path: a module of a language, for instance; `runs` shows that it is there. */
export function describeWithRunning(
  what: string,
  runs: readonly [program: string, ...args: string[]],
  name: string,
  body: () => void,
): void {
  const [program, ...args] = runs;
  describeWithout(spawnSync(program, args).status === 0 ? [] : [what], name, body);
}

function describeWithout(missing: readonly string[], name: string, body: () => void): void {
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
function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
