/** Reads the clipboard of a Mac once and prints what it holds as JSON, bytes as base64. */
import { systemClipboard } from '../../../src/client/clipboard/system-clipboard.js';

const timeout = Number(process.argv[2]);
const content = await systemClipboard({ timeout }).read(new AbortController().signal);
const shown =
  content.type === 'image' ? { ...content, bytes: Buffer.from(content.bytes).toString('base64') } : content;
console.log(JSON.stringify(shown));
// Whatever still runs is not waited for.
process.exit();
