// Jest runs ES modules in VM modules, and Node warns about them in every worker. Other warnings are shown.
const { emitWarning } = process;
process.emitWarning = (warning, ...details) => {
  if (String(warning).startsWith('VM Modules is an experimental feature')) return;
  emitWarning.call(process, warning, ...details);
};
