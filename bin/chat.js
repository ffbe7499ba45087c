#!/usr/bin/env node
// Reading the source maps takes as long as a whole start, so only where stacks are shown.
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true);
await import('../dist/cli/main.js');
