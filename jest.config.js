import { availableParallelism } from 'node:os';

/** Unit tests stand beside what they test, the others under test/. */
const typescript = {
  jsc: {
    parser: { syntax: 'typescript', tsx: true },
    transform: { react: { runtime: 'automatic' } },
    target: 'es2022',
    experimental: { keepImportAttributes: true },
  },
  module: { type: 'es6' },
};

const shared = {
  testEnvironment: '<rootDir>/test/environment.mjs',
  // Ink is published as ES modules only, so the tests run as ES modules too.
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/(?!generated/).*)\\.js$': '$1' },
  transform: {
    '^.+\\.tsx?$': ['@swc/jest', typescript],
    'generated/.+\\.js$': ['@swc/jest', { module: { type: 'es6' } }],
  },
  // Compiled files would be run twice.
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
  // Many tests start programs, which takes long on a busy machine. Tests wait for conditions and do not measure time.
  testTimeout: 180_000,
  reporters: ['default', '<rootDir>/test/run-summary.mjs', '<rootDir>/test/stalled-files.mjs'],
  // Whole-program tests mostly wait for processes and timers, so they leave room on the cores for the unit tests.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // A test that failed may leave a server open: CI gets its answer all the same. Elsewhere Jest says that something was left.
  forceExit: Boolean(process.env['CI']),
  projects: [
    { ...shared, displayName: 'unit', roots: ['<rootDir>/src', '<rootDir>/scripts'] },
    { ...shared, displayName: 'whole', roots: ['<rootDir>/test'] },
  ],
};
