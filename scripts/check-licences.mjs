// `npm run licences`: checks the licences of all packages that are installed with ours, by the lock file.
import { readFileSync } from 'node:fs';

const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
  'Zlib',
]);

/** Packages without an allowed licence in their description, each with the reason why it is accepted. */
const exceptions = new Map([
  ['dom-walk', 'MIT, by its LICENCE file; its description has an old form'],
  ['exif-parser', 'MIT, by its LICENSE.md; its description names none'],
]);
/** sharp loads libvips as a separate library that users can replace, as the LGPL requires. */
const separateLibrary = /^@img\/sharp-(libvips-|win32-|wasm32)/;

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
const rejected = installed
  .map(([path, { license }]) => ({ name: path.replace(/^.*node_modules\//, ''), license }))
  .filter(({ name, license }) => !exceptions.has(name) && !isAllowed(license, name));

for (const { name, license } of rejected) console.error(`${name}: ${license ?? 'no licence named'}`);
console.log(`${installed.length} packages, ${rejected.length} with a licence that is not on the list`);
process.exitCode = rejected.length === 0 ? 0 : 1;

/** Requires every part of an AND and one of an OR, which binds weaker. No package nests expressions deeper. */
function isAllowed(license = '', name) {
  return license
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((choice) =>
      choice
        .split(' AND ')
        .every((part) => allowed.has(part) || (part === 'LGPL-3.0-or-later' && separateLibrary.test(name))),
    );
}
