import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../server/files/package-root.js';

/** This program's version, as its package says. */
export function programVersion(): string {
  const description: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  const version = typeof description === 'object' && description && 'version' in description;
  return version ? String(description.version) : 'unknown';
}
