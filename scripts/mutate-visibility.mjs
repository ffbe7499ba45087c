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
/** Notices checks that another one makes superfluous for a whole server. */
const unit = 'src/server/rooms/read-log.test.ts';

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
let survivors = 0;
for (const { path, place, text, start, end, replacement } of calls) {
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, original.slice(0, start) + replacement + original.slice(end));
  const noticedBy = [stranger, unit].find((suite) => !passes(suite));
  writeFileSync(path, original);
  if (!noticedBy) survivors++;
  console.log(`${place}  ${text}: ${noticedBy ? `noticed by ${noticedBy}` : 'NOT NOTICED'}`);
}
console.log(`${calls.length} calls, ${survivors} of them can be left out unnoticed`);
process.exitCode = survivors > 0 ? 1 : 0;

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
