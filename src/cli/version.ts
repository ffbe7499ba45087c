import { readFileSync } from 'node:fs';

/** This program's version, as its package says. */
export function programVersion(): string {
  const description: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const version = typeof description === 'object' && description && 'version' in description;
  return version ? String(description.version) : 'unknown';
}
