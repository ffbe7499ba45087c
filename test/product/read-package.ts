import { readFileSync } from 'node:fs';

/** The fields of a `package.json` that the tests read. */
export type PackageDescription = {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
  /** Whether npm may run the install script of a package. */
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

export function readPackage(path = 'package.json'): PackageDescription {
  return JSON.parse(readFileSync(path, 'utf8')) as PackageDescription;
}
