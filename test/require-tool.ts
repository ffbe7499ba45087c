import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { describe, test } from '@jest/globals';
import { runTool } from './run-tool.js';

/**
 * A group of tests that needs installed programs. If one is missing, the group is skipped and its name says why; with
 * `CI=true` it fails.
 */
export function describeWith(programs: readonly string[], name: string, body: () => void): void {
  describeWithout(
    programs.filter((program) => !isInstalled(program)),
    name,
    body,
  );
}

/** As `describeWith`, for a dependency such as a Python module that is present if the command `probe` succeeds. */
export function describeWithRunning(
  dependency: string,
  probe: readonly [program: string, ...args: string[]],
  name: string,
  body: () => void,
): void {
  const [program, ...args] = probe;
  describeWithout(runTool(program, args).status === 0 ? [] : [dependency], name, body);
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
