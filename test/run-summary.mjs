import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const count = 10;

/** A Jest reporter that prints the slowest test files, and stores and prints how long a complete run took. */
export default class RunSummary {
  #config;

  constructor(config) {
    this.#config = config;
  }

  onRunComplete(testContexts, { testResults, startTime }) {
    if (testResults.length <= count) return;
    const seconds = ({ perfStats }) => (perfStats.end - perfStats.start) / 1000;
    const slowest = testResults.toSorted((one, other) => seconds(other) - seconds(one)).slice(0, count);
    const lines = slowest.map((result) => {
      const path = relative(process.cwd(), result.testFilePath);
      return `${seconds(result).toFixed(1).padStart(7)} s  ${path}`;
    });
    console.log(['The slowest test files:', ...lines].join('\n'));
    const { testPathPatterns, testNamePattern, onlyChanged, onlyFailures } = this.#config;
    const isPartial = testPathPatterns.patterns.length > 0 || testNamePattern || onlyChanged || onlyFailures;
    // Both projects, unit and whole.
    if (testContexts.size === 2 && !isPartial) this.#store(startTime);
  }

  #store(startTime) {
    const minutes = ((Date.now() - startTime) / 60_000).toFixed(1);
    const file = join(this.#config.rootDir, 'node_modules/.cache/chat/last-test-run.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ minutes, at: new Date().toISOString() }));
    console.log(`All tests took ${minutes} minutes.`);
  }
}
