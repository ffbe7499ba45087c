import { relative } from 'node:path';

const limitMinutes = 4;

/**
 * A Jest reporter that names the test files that run for too long, with the test that each is in. Jest's own time limit
 * does not end a test that never yields, nor a file that is still being loaded.
 */
export default class StalledFiles {
  #running = new Map();
  #timer;

  onRunStart() {
    this.#timer = setInterval(() => this.#report(), 60_000);
  }

  onTestFileStart({ path }) {
    this.#running.set(path, { startMs: performance.now(), test: 'none yet' });
  }

  onTestCaseStart({ path }, { fullName }) {
    const file = this.#running.get(path);
    if (file) file.test = fullName;
  }

  onTestFileResult({ path }) {
    this.#running.delete(path);
  }

  onRunComplete() {
    clearInterval(this.#timer);
  }

  #report() {
    for (const [path, { startMs, test }] of this.#running) {
      const minutes = Math.floor((performance.now() - startMs) / 60_000);
      if (minutes < limitMinutes) continue;
      console.log(
        `${relative(process.cwd(), path)} has run for ${minutes} minutes, now in the test: ${test}`,
      );
    }
  }
}
