// `node scripts/test-on-node.mjs 22 24 [-- jest arguments]`: runs the tests on other versions of Node. Their binaries are
// packages in the npm registry, installed into a temporary folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const words = process.argv.slice(2);
const separator = words.includes('--') ? words.indexOf('--') : words.length;
const versions = words.slice(0, separator);
const jestArguments = words.slice(separator + 1);
if (versions.length === 0) {
  console.error('Name the versions: node scripts/test-on-node.mjs 22 24');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'chat-nodes-'));
try {
  for (const version of versions) process.exitCode ||= testOn(install(version));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Installs a version and returns the path of its binary. */
function install(version) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const prefix = join(folder, version);
  const npm = ['install', '--silent', '--no-save', '--prefix', prefix, `${name}@${version}`];
  if (spawnSync('npm', npm, { stdio: 'inherit' }).status !== 0) throw new Error(`no ${name}@${version}`);
  return join(prefix, 'node_modules', name, 'bin', 'node');
}

/** The tests start programs with the Node version that runs them. */
function testOn(node) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const modules = ['--experimental-vm-modules', '--import', './test/jest-process.mjs'];
  const jest = [...modules, 'node_modules/jest/bin/jest.js', ...jestArguments];
  console.log(`Node ${String(spawnSync(node, ['--version']).stdout).trim()}`);
  return spawnSync(node, jest, { stdio: 'inherit', env }).status ?? 1;
}
