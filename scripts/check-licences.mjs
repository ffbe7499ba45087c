// `npm run licences`: what is installed with the package, by the lock file, is under licences that allow it.
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

/** Packages that the rule above does not settle, each with its reason. */
const settled = new Map([
  ['dom-walk', 'MIT, by its LICENCE file; its description has an old form'],
  ['exif-parser', 'MIT, by its LICENSE.md; its description names none'],
]);
/** sharp's builds of libvips are libraries of their own, which may be exchanged: what the LGPL asks for. */
const separateLibrary = /^@img\/sharp-(libvips-|win32-|wasm32)/;

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
const refused = installed
  .map(([path, { license }]) => ({ name: path.replace(/^.*node_modules\//, ''), license }))
  .filter(({ name, license }) => !settled.has(name) && !isAllowed(license, name));

for (const { name, license } of refused) console.error(`${name}: ${license ?? 'no licence named'}`);
console.log(`${installed.length} packages, ${refused.length} with a licence that is not on the list`);
process.exitCode = refused.length === 0 ? 0 : 1;

/** Every part of an AND must be allowed, one of an OR; `OR` binds weaker, and expressions nest no deeper than here. */
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
