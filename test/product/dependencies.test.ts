import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readPackage } from './read-package.js';

const document = readFileSync('docs/dependencies.md', 'utf8');
const [ofTheProgram = '', ofDevelopers = ''] = document.split('## For development');

test('docs/dependencies.md names exactly the dependencies of the program', () => {
  expect(namesIn(ofTheProgram)).toEqual(Object.keys(readPackage().dependencies).sort());
});

test('docs/dependencies.md names exactly the dependencies for development', () => {
  expect(namesIn(ofDevelopers)).toEqual(Object.keys(readPackage().devDependencies).sort());
});

test.each(packagesIn(document).map(({ name, licence }) => [name, licence] as const))(
  'the document has the licence of %s that its package names',
  (name, licence) => {
    expect(readPackage(`node_modules/${name}/package.json`).license).toBe(licence);
  },
);

test('every dependency has an exact version', () => {
  const { dependencies, devDependencies } = readPackage();
  for (const version of Object.values({ ...dependencies, ...devDependencies })) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});

test('package.json decides about the install script of every package, so that npm ci does not warn', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
  };
  const withScript = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect([...new Set(withScript)].sort()).toEqual(Object.keys(readPackage().allowScripts));
});

function namesIn(part: string): string[] {
  return packagesIn(part)
    .map(({ name }) => name)
    .sort();
}

/** The list items of packages: **`name`** (licence): reason. */
function packagesIn(part: string): { readonly name: string; readonly licence: string }[] {
  return [...part.matchAll(/^- \*\*`([^`]+)`\*\* \(([\w.-]+)\): /gm)].map(([, name = '', licence = '']) => ({
    name,
    licence,
  }));
}
