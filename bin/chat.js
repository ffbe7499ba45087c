#!/usr/bin/env node
// Reading the source maps takes as long as a whole start, so only where stacks are shown.
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true);
try {
  await import('../dist/cli/main.js');
} catch (error) {
  // Too few file descriptors to load the program: nothing of it is there to report that.
  if (error?.code !== 'EMFILE') throw error;
  const limit = process.report.getReport().userLimits?.open_files?.soft;
  process.stderr.write(
    `chat: too many open files: the limit of this process is ${limit}. Raise it, for instance: ulimit -n 1024\n`,
  );
  process.exit(1);
}
