import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createMetrics } from '../../src/server/metrics/metrics.js';

const document = readFileSync('docs/operations.md', 'utf8');

const nothing = { heldBytes: () => 0 };

test('docs/operations.md lists every metric of the server', async () => {
  const { registry } = createMetrics({
    connections: { count: () => 0 },
    subscriptions: { count: () => 0, lag: () => 0, delivered: () => 0 },
    requests: { incomplete: () => 0 },
    memory: { unchecked: nothing, accounts: nothing, outgoing: nothing },
  });
  const documented = [...document.matchAll(/^\| `(chat_\w+)` +\| (\w+)/gm)];
  const metrics = await registry.getMetricsAsJSON();
  expect(documented.map(([, name, type]) => [name, type]).sort()).toEqual(
    metrics.map(({ name, type }) => [name, type as unknown as string]).sort(),
  );
});

const logged = [...document.matchAll(/^\| (?:fatal|error|warn) +\| `([^`]+)`/gm)].map(
  ([, text = '']) => text,
);
const sources = readdirSync('src/server', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join('src/server', path), 'utf8'))
  .join('\n');

test.each(logged)('the server logs "%s", as docs/operations.md says', (text) => {
  expect(sources).toContain(text);
});

test('docs/operations.md lists messages of the server log', () => {
  expect(logged.length).toBeGreaterThan(5);
});
