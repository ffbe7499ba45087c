import { AsyncLocalStorage } from 'node:async_hooks';
import NodeEnvironment from 'jest-environment-node';

// At its end a worker would free the memory of every test file, which takes longer than the half second that Jest waits
// before it kills the worker and reports a leak. An explicit exit skips that.
if (process.send) process.on('exit', () => process.exit());

// Jest leaves the storage of each test file enabled (30.5), and with each of them Node 20 takes longer to create a promise.
const storages = new Set();
const { run } = AsyncLocalStorage.prototype;
AsyncLocalStorage.prototype.run = function remembered(...details) {
  storages.add(this);
  return run.apply(this, details);
};

export default class Environment extends NodeEnvironment {
  async teardown() {
    for (const storage of storages) storage.disable();
    storages.clear();
    await super.teardown();
  }
}
