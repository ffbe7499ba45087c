import { relative } from 'node:path';

const count = 10;

/** A Jest reporter: after a run of many test files, it prints the ten that took longest, with their seconds. */
export default class SlowestFiles {
  onRunComplete(_, { testResults }) {
    if (testResults.length <= count) return;
    const seconds = ({ perfStats }) => (perfStats.end - perfStats.start) / 1000;
    const slowest = testResults.toSorted((one, other) => seconds(other) - seconds(one)).slice(0, count);
    const lines = slowest.map((result) => {
      const path = relative(process.cwd(), result.testFilePath);
      return `${seconds(result).toFixed(1).padStart(7)} s  ${path}`;
    });
    console.log(['The slowest test files:', ...lines].join('\n'));
  }
}
