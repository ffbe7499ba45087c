// `npm run mutate:visibility`: shows that the stranger test notices each place where the server stops to ask who may see
// what. In a copy of the project, one call after the other of the functions below is replaced by an answer that hides
// nothing, and the test must fail. Takes minutes, so it is not part of `npm test`.
//   -- PATTERN   only calls in files whose path contains it
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** What each function of `visibility.ts` answers if it hides nothing that exists; `arguments` are the texts of a call's. */
const permissive = {
  firstVisible: ([rooms, , room]) => `((${rooms}).get(${room}) ? 0 : undefined)`,
  canSee: () => 'true',
  deliveredRange: () => '({ from: 0, to: Infinity })',
  isDelivered: () => 'true',
  readableRooms: ([rooms]) => `new Map([...(${rooms}).all()].map(({ number }) => [number, 0]))`,
};
const stranger = 'test/server/stranger.test.ts';
/** Notice checks that another one makes superfluous for a whole server, apart from changes during a read. */
const units = ['src/server/rooms/read-log.test.ts', 'src/server/streams/rooms-resume.test.ts'];

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

const sources = readdirSync(join(copy, 'src', 'server'), { recursive: true, encoding: 'utf8' })
  .map((name) => join(copy, 'src', 'server', name))
  .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|rooms\/visibility\.ts$/.test(path));
const pattern = process.argv[2] ?? '';
const calls = sources.flatMap(callsIn).filter(({ place }) => place.includes(pattern));

if (!passes(stranger)) throw new Error('the stranger test fails without a mutation');
const repeated = calls.filter((call) => !isNoticed([call]));
// Of two checks of the same thing, each may be superfluous, but not both.
const unnoticed = groupedByPath(repeated).filter((group) => !isNoticed(group));
console.log(
  `${calls.length} calls, ${repeated.length} repeated by another, ${unnoticed.flat().length} not noticed`,
);
process.exitCode = unnoticed.length > 0 ? 1 : 0;

/** Whether a test fails without these calls, which are in one file. */
function isNoticed(without) {
  const [{ path }] = without;
  const original = readFileSync(path, 'utf8');
  let mutated = original;
  for (const { start, end, replacement } of without.toReversed()) {
    mutated = mutated.slice(0, start) + replacement + mutated.slice(end);
  }
  writeFileSync(path, mutated);
  const suite = [stranger, ...units].find((each) => !passes(each));
  writeFileSync(path, original);
  const names = without.map(({ place, text }) => `${place} ${text}`).join(' and ');
  console.log(`${names}: ${suite ? `noticed by ${suite}` : 'not noticed'}`);
  return suite !== undefined;
}

/** Node 20 has no `Map.groupBy`. */
function groupedByPath(some) {
  const paths = new Set(some.map(({ path }) => path));
  return [...paths].map((path) => some.filter((call) => call.path === path));
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

/** Whether the tests of a file pass in the copy. */
function passes(suite) {
  const flags = ['--experimental-vm-modules', '--import', './test/jest-process.mjs'];
  const args = [...flags, 'node_modules/jest/bin/jest.js', '--bail', '--runInBand', suite];
  const { status } = spawnSync(process.execPath, args, { cwd: copy, stdio: 'ignore', timeout: 600_000 });
  return status === 0;
}
