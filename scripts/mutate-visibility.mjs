// `npm run mutate:visibility`: shows that a test notices each place where the server stops to ask who may see what. In a
// copy of the project, one call after the other of the functions below is replaced by an answer that hides nothing, and
// the tests beside the sources or the stranger test must fail. Takes minutes, so it is not part of `npm test`.
//   -- PATTERN   only calls in files whose path contains it
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** What each function of `visibility.ts` answers if it hides nothing that exists; `arguments` are the texts of a call's. */
const permissive = {
  firstVisible: ([rooms, , room]) => `((${rooms}).get(${room}) ? 0 : undefined)`,
  canSee: () => 'true',
  deliveredRange: () => '({ from: 0, to: Infinity })',
  isDelivered: () => 'true',
};
/** The fastest first: a call that one of them notices is not tried with the others. */
const suites = ['src/server/(rooms|streams)/', 'test/server/stranger.test.ts'];

const root = join(import.meta.dirname, '..');
const copy = mkdtempSync(join(tmpdir(), 'chat-mutants-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const name of [
  'src',
  'test',
  'scripts',
  'proto',
  'bin',
  'package.json',
  'jest.config.js',
  'tsconfig.json',
]) {
  cpSync(join(root, name), join(copy, name), { recursive: true });
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
// The first failure is enough.
appendFileSync(
  join(copy, 'test', 'environment.mjs'),
  `import { writeFileSync } from 'node:fs';
  Environment.prototype.handleTestEvent = ({ name, test }) => {
    if (!name.endsWith('_failure')) return;
    writeFileSync('failed', test?.name ?? 'before the tests');
    process.exit(1);
  };`,
);

const sources = readdirSync(join(copy, 'src', 'server'), { recursive: true, encoding: 'utf8' })
  .map((name) => join(copy, 'src', 'server', name))
  .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|rooms\/visibility\.ts$/.test(path));
const pattern = process.argv[2] ?? '';
const calls = sources.flatMap(callsIn).filter(({ place }) => place.includes(pattern));

let left = calls;
for (const suite of suites) {
  if (left.length === 0) break;
  if (!passes(suite)) throw new Error(`${suite} fails without a mutation`);
  left = left.filter((call) => !isNoticed(call, suite));
}
for (const { place, text } of left) console.log(`${place} ${text}: not noticed`);
console.log(`${calls.length} calls, ${left.length} not noticed`);
process.exitCode = left.length > 0 ? 1 : 0;

/** Whether a test of the suite fails without this call. */
function isNoticed({ path, place, text, start, end, replacement }, suite) {
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, original.slice(0, start) + replacement + original.slice(end));
  rmSync(join(copy, 'failed'), { force: true });
  const noticed = !passes(suite);
  writeFileSync(path, original);
  if (noticed) console.log(`${place} ${text}: noticed by: ${readFileSync(join(copy, 'failed'), 'utf8')}`);
  return noticed;
}

/** The calls of the functions in a file. */
function callsIn(path) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    const name = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : '';
    if (Object.hasOwn(permissive, name)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({
        path,
        place: `${relative(copy, path)}:${line}`,
        text: node.getText().replaceAll(/\s+/g, ' '),
        start: node.getStart(),
        end: node.getEnd(),
        replacement: permissive[name](node.arguments.map((argument) => argument.getText())),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether these tests pass in the copy. */
function passes(suite) {
  const flags = ['--experimental-vm-modules', '--import', './test/jest-process.mjs'];
  const args = [...flags, 'node_modules/jest/bin/jest.js', '--bail', '--runInBand', suite];
  const { status } = spawnSync(process.execPath, args, { cwd: copy, stdio: 'ignore', timeout: 900_000 });
  return status === 0;
}
