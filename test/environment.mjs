import NodeEnvironment from 'jest-environment-node';

// At its end a worker would free the memory of every test file, which takes longer than the half second that Jest waits
// before it kills the worker and reports a leak. An explicit exit skips that.
if (process.send) process.on('exit', () => process.exit());

export default NodeEnvironment;
