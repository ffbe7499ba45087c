// `npm run coverage [-- jest arguments]`: finds statements that run neither in the process of the tests nor in the
// programs that they start. It takes a few minutes longer than the tests and writes coverage/uncovered.txt.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import MCR from 'monocart-coverage-reports';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'coverage');
const ofPrograms = join(folder, 'programs');
const ofTests = join(folder, 'tests');

rmSync(folder, { recursive: true, force: true });
mkdirSync(ofPrograms, { recursive: true });
try {
  if (run(['scripts/bundle.mjs', '--readable']) !== 0) throw new Error('the program cannot be built');
  const collected = ['--coverage', '--coverageProvider=v8', '--coverageReporters=json'];
  const modules = ['--experimental-vm-modules', '--import', './test/jest-process.mjs'];
  const jest = [...modules, 'node_modules/jest/bin/jest.js', ...process.argv.slice(2)];
  const env = { ...process.env, PROGRAM_COVERAGE: ofPrograms };
  process.exitCode = run([...jest, ...collected, `--coverageDirectory=${ofTests}`], env);
} finally {
  run(['scripts/bundle.mjs']);
}
report(await statementsOfPrograms(), linesOfTests());
rmSync(ofPrograms, { recursive: true });

function run(args, env = process.env) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status ?? 1;
}

/** The statements of each source file and whether a program ran them, by the source maps of the bundle. */
async function statementsOfPrograms() {
  const coverage = new MCR.CoverageReport({
    outputDir: join(folder, 'statements'),
    reports: ['json'],
    logging: 'error',
    entryFilter: ({ url }) => /\/(dist|src)\//.test(url) && !url.includes('/node_modules/'),
    sourceFilter: (path) => /^src\/(?!shared\/generated\/)/.test(path),
  });
  await coverage.addFromDir(ofPrograms);
  await coverage.generate();
  const files = readJson(join(folder, 'statements', 'coverage-final.json'));
  return new Map(
    Object.entries(files).map(([path, { statementMap, s }]) => [
      path,
      Object.entries(statementMap).map(([id, { start }]) => ({ line: start.line, isCovered: s[id] > 0 })),
    ]),
  );
}

/** The lines of each source file that ran in the process of the tests. */
function linesOfTests() {
  const files = readJson(join(ofTests, 'coverage-final.json'));
  return new Map(
    Object.entries(files).map(([path, { statementMap, s }]) => [
      relative(root, path),
      new Set(Object.keys(s).flatMap((id) => (s[id] > 0 ? [statementMap[id].start.line] : []))),
    ]),
  );
}

function report(programs, tests) {
  const folders = new Map();
  const uncovered = [];
  for (const [path, statements] of [...programs].filter(([path]) => path.startsWith('src/')).sort()) {
    const lines = tests.get(path) ?? new Set();
    const missed = statements.filter(({ line, isCovered }) => !isCovered && !lines.has(line));
    const name = dirname(path).split('/').slice(0, 3).join('/');
    const sum = folders.get(name) ?? { all: 0, missed: 0 };
    folders.set(name, { all: sum.all + statements.length, missed: sum.missed + missed.length });
    if (missed.length > 0)
      uncovered.push(`${path}: ${[...new Set(missed.map(({ line }) => line))].join(', ')}`);
  }
  const total = [...folders.values()].reduce(
    (sum, { all, missed }) => ({ all: sum.all + all, missed: sum.missed + missed }),
    { all: 0, missed: 0 },
  );
  for (const [name, { all, missed }] of [...folders, ['all', total]]) {
    console.log(`${((100 * (all - missed)) / all).toFixed(1).padStart(6)} % of ${all} statements  ${name}`);
  }
  writeFileSync(join(folder, 'uncovered.txt'), `${uncovered.join('\n')}\n`);
  console.log('Lines that did not run: coverage/uncovered.txt');
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
