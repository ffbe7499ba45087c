// `npm run structure`: counts how the source is divided into files and folders, and shows how long the tests took.
//   --list    also list the small files with a single importer
//   --check   exit with 1 if a number is over its limit
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';

/** The highest value of each count that --check accepts. */
const limits = {
  'source files': 450,
  'small files with a single importer': 14,
  'of these, in the folder of their importer': 6,
  'of these, without a reason': 0,
  'comment lines, percent': 10,
  'longest file, lines': 300,
  'folders in cycles: client/ui': 0,
  'folders in cycles: server': 0,
  'folders in cycles: cli': 0,
  'folders in cycles: client/images': 0,
  'folders in cycles: whole': 0,
};

/** Why a small file is not part of its only importer in the same folder. */
const reasons = {
  'cli/commands/completion/completion.ts': 'loaded only when the command runs',
  'cli/commands/trust/trust.ts': 'loaded only when the command runs',
  'client/images/process/draw-sixel.ts': 'loaded only when a sixel image is drawn; has a test of its own',
  'client/ui/dialogs/help.ts': 'has a test of its own',
};

/** Folders that are searched for import cycles between their subfolders. '' is the whole source. */
const areas = ['client/ui', 'server', 'cli', 'client/images', ''];
const smallFileLines = 40;
const longestListed = 10;

const source = resolve(import.meta.dirname, '..', 'src');
const flag = { type: 'boolean' };
const { values: options } = parseArgs({ options: { check: flag, list: flag } });

const files = sourceFiles().map(readSource);
const importers = importersOf(files);
const small = files.filter(({ path, lines }) => lines <= smallFileLines && importers.get(path).length === 1);
const smallInFolder = small.filter(({ path, folder }) => dirname(importers.get(path)[0]) === folder);
const withoutReason = smallInFolder.filter(({ path }) => reasons[path] === undefined);
const unusedReasons = Object.keys(reasons).filter((name) => !smallInFolder.some(({ path }) => path === name));
const byLength = files.toSorted((a, b) => b.lines - a.lines).slice(0, longestListed);
const cycles = areas.map((area) => ({ area, groups: folderCycles(area) }));

const counts = {
  'source files': files.length,
  'small files with a single importer': small.length,
  'of these, in the folder of their importer': smallInFolder.length,
  'of these, without a reason': withoutReason.length,
  'comment lines, percent': percent(sum(files, 'commentLines'), sum(files, 'nonBlankLines')),
  'longest file, lines': byLength[0].lines,
  ...Object.fromEntries(
    cycles.map(({ area, groups }) => [`folders in cycles: ${area || 'whole'}`, groups.flat().length]),
  ),
};

report();
const exceeded = Object.keys(limits).filter((name) => counts[name] > limits[name]);
if (options.check && exceeded.length > 0) {
  for (const name of exceeded) console.error(`over the limit: ${name}, ${counts[name]} > ${limits[name]}`);
  for (const { path } of withoutReason) console.error(`merge into its importer, or add a reason: ${path}`);
  process.exitCode = 1;
}

for (const name of options.check ? unusedReasons : []) {
  console.error(`a reason is no longer needed: ${name}`);
  process.exitCode = 1;
}

/** Paths below `src`, without tests and generated code. */
function sourceFiles() {
  return ts.sys
    .readDirectory(source, ['.ts', '.tsx'], ['**/*.test.ts', '**/*.test.tsx', '**/generated'])
    .map((path) => relative(source, path))
    .sort();
}

function readSource(path) {
  const text = readFileSync(join(source, path), 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const textLines = text.trimEnd().split('\n');
  return {
    path,
    folder: dirname(path),
    lines: textLines.length,
    nonBlankLines: textLines.filter((line) => line.trim() !== '').length,
    commentLines: commentLinesOf(tree).filter((line) => textLines[line].trim() !== '').length,
    imports: specifiersIn(tree).flatMap((specifier) => resolveImport(specifier, path)),
  };
}

/** The specifiers of all imports and re-exports of a file. */
function specifiersIn(tree) {
  const specifiers = [];
  const visit = (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) specifiers.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return specifiers;
}

function specifierOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return node.arguments[0];
  return ts.isImportTypeNode(node) ? node.argument.literal : undefined;
}

/** The path below `src` of a relative specifier; empty for packages and generated code. */
function resolveImport(specifier, from) {
  const { resolvedModule } = ts.resolveModuleName(
    specifier,
    join(source, from),
    { moduleResolution: ts.ModuleResolutionKind.NodeNext, module: ts.ModuleKind.NodeNext },
    ts.sys,
  );
  const path = relative(source, resolvedModule?.resolvedFileName ?? '/');
  return path.startsWith('..') || path.includes('generated/') ? [] : [path];
}

/** The lines that contain a comment and no code. */
function commentLinesOf(tree) {
  const comments = new Set();
  const code = new Set();
  const add = (lines, start, end) => {
    const last = tree.getLineAndCharacterOfPosition(end).line;
    for (let { line } = tree.getLineAndCharacterOfPosition(start); line <= last; line += 1) lines.add(line);
  };
  const visit = (node) => {
    if (ts.isJSDoc(node)) return; // Also found as a comment before its token.
    const children = node.getChildren(tree);
    if (children.length > 0) return children.forEach(visit);
    if (node.kind !== ts.SyntaxKind.JsxText) {
      const around = [
        ...(ts.getLeadingCommentRanges(tree.text, node.getFullStart()) ?? []),
        ...(ts.getTrailingCommentRanges(tree.text, node.end) ?? []),
      ];
      for (const { pos, end } of around) add(comments, pos, end);
    }
    if (node.getWidth(tree) > 0) add(code, node.getStart(tree), node.end);
  };
  visit(tree);
  return [...comments].filter((line) => !code.has(line));
}

/** For each file, the files that import it. */
function importersOf(all) {
  const result = new Map(all.map(({ path }) => [path, []]));
  for (const { path, imports } of all)
    for (const imported of new Set(imports)) result.get(imported)?.push(path);
  return result;
}

/** The groups of folders of `area` that import each other, directly or through others of the area. */
function folderCycles(area) {
  const isInside = (path) => area === '' || path.startsWith(`${area}/`);
  const edges = new Map();
  for (const { folder, imports } of files.filter(({ path }) => isInside(path))) {
    const others = imports
      .filter(isInside)
      .map(dirname)
      .filter((other) => other !== folder);
    edges.set(folder, [...(edges.get(folder) ?? []), ...others]);
  }
  const reach = new Map([...edges.keys()].map((folder) => [folder, reachableFrom(folder, edges)]));
  const groups = new Map();
  for (const [folder, reachable] of reach) {
    if (!reachable.has(folder)) continue;
    const members = [...reachable].filter((other) => reach.get(other)?.has(folder)).sort();
    groups.set(members.join(), members);
  }
  return [...groups.values()];
}

function reachableFrom(start, edges) {
  const reached = new Set();
  const visit = (folder) => {
    for (const next of edges.get(folder) ?? []) {
      if (reached.has(next)) continue;
      reached.add(next);
      visit(next);
    }
  };
  visit(start);
  return reached;
}

function report() {
  for (const [name, count] of Object.entries(counts)) {
    console.log(`${String(count).padStart(6)}  ${name} (limit ${limits[name]})`);
  }
  console.log(`\n${testDuration()}`);
  console.log('\nFolders that import each other in a cycle:');
  for (const { area, groups } of cycles) {
    for (const group of groups) console.log(`  ${area || 'whole'}: ${group.join(' ')}`);
  }
  console.log('\nLongest files:');
  for (const { lines, path } of byLength) console.log(`${String(lines).padStart(6)}  ${path}`);
  if (!options.list) return;
  console.log(`\nAt most ${smallFileLines} lines and a single importer, in the same folder:`);
  for (const { lines, path } of smallInFolder)
    console.log(`${String(lines).padStart(6)}  ${path}: ${reasons[path] ?? 'no reason'}`);
  console.log('\nThe same, in another folder:');
  for (const { lines, path } of small.filter((file) => !smallInFolder.includes(file)))
    console.log(`${String(lines).padStart(6)}  ${path}, imported by ${importers.get(path)[0]}`);
}

/** What `test/run-summary.mjs` has stored about the last complete run. */
function testDuration() {
  const file = resolve(import.meta.dirname, '..', 'node_modules/.cache/chat/last-test-run.json');
  if (!existsSync(file)) return 'The complete tests have not run here.';
  const { minutes, at } = JSON.parse(readFileSync(file, 'utf8'));
  return `The last complete tests took ${minutes} minutes (${at.slice(0, 10)}).`;
}

function sum(items, key) {
  return items.reduce((total, item) => total + item[key], 0);
}

function percent(part, whole) {
  return Math.round((1000 * part) / whole) / 10;
}
