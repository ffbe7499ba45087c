import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

const pages = readdirSync('docs', { encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'bench/NOTES.md',
  ...pages.map((name) => `docs/${name}`),
  ...readdirSync('docs/adr', { encoding: 'utf8' }).map((name) => `docs/adr/${name}`),
];

test.each(documents)('%s links to files and headings that exist', (document) => {
  const broken = linksIn(readFileSync(document, 'utf8')).filter(({ path, heading }) => {
    const target = path === '' ? document : join(dirname(document), path);
    if (!existsSync(target)) return true;
    return heading !== undefined && !headingsOf(readFileSync(target, 'utf8')).includes(heading);
  });
  expect(broken).toEqual([]);
});

test.each(pages)('the README links to docs/%s', (page) => {
  expect(linksIn(readFileSync('README.md', 'utf8')).map(({ path }) => path)).toContain(`docs/${page}`);
});

test('docs/adr/README.md lists every decision record with its title', () => {
  const list = readFileSync('docs/adr/README.md', 'utf8');
  const listed = [...list.matchAll(/^\| \[(\d+)\]\(([^)]+)\) +\| (.*?) +\|$/gm)].map(
    ([, number = '', path = '', title = '']) => ({ path, heading: `# ${number}. ${title}` }),
  );
  const records = readdirSync('docs/adr', { encoding: 'utf8' })
    .filter((path) => /^\d{4}-/.test(path))
    .sort()
    .map((path) => ({ path, heading: readFileSync(join('docs/adr', path), 'utf8').split('\n')[0] }));
  expect(listed).toEqual(records);
});

/** Links to files and headings, without those to the web. */
function linksIn(text: string): { path: string; heading: string | undefined }[] {
  return [...text.matchAll(/\]\(([^)#:\s]*)(?:#([^)]*))?\)/g)].map(([, path = '', heading]) => ({
    path,
    heading,
  }));
}

/** The anchors that GitHub gives to headings. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
