// Loaded into Jest and its workers, before anything else.

// Jest runs ES modules in VM modules, and Node warns about them in every process. Other warnings are shown.
const { emitWarning } = process;
process.emitWarning = (warning, ...details) => {
  if (String(warning).startsWith('VM Modules is an experimental feature')) return;
  emitWarning.call(process, warning, ...details);
};

// A worker with nothing left to do exits at once. Otherwise Node first frees its heap, which can take longer than the
// half second after which Jest reports a worker as hanging. One that tests keep alive is still reported.
if (process.send) process.once('beforeExit', () => process.exit());
