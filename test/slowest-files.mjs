import { relative } from 'node:path';

const count = 10;

/** A Jest reporter that prints the slowest test files after a run of more than `count` files. */
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
