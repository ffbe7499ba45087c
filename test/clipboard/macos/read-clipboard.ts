/** Reads the clipboard of a Mac once and prints the content as JSON, bytes as base64. */
import { readFile } from 'node:fs/promises';
import { systemClipboard } from '../../../src/client/clipboard/system-clipboard.js';

const sourceTimeoutMs = Number(process.argv[2]);
const content = await systemClipboard({ sourceTimeoutMs }).read(new AbortController().signal);
const shown =
  content.type === 'image' ? { type: 'image', bytes: await readFile(content.file.path, 'base64') } : content;
if (content.type === 'image') await content.file.remove();
console.log(JSON.stringify(shown));
// Does not wait for programs that are still running.
process.exit();
