// Loaded into Jest and its workers, before anything else.

// Jest runs ES modules in VM modules, and Node warns about them in every process. Other warnings are shown.
const { emitWarning } = process;
process.emitWarning = (warning, ...details) => {
  if (String(warning).startsWith('VM Modules is an experimental feature')) return;
  emitWarning.call(process, warning, ...details);
};

// A worker leaves at once. Otherwise Node first takes down its threads and its heap of half a gigabyte: on a busy machine
// that takes longer than the half second after which Jest reports a worker as hanging. One that tests keep alive never
// gets here, and is still reported.
if (process.send) {
  process.once('beforeExit', () => {
    process.reallyExit = () => process.kill(process.pid, 'SIGKILL');
    process.exit();
  });
}
