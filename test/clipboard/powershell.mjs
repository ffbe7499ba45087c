#!/usr/bin/env node
// A fake Windows PowerShell: it accepts the same arguments and prints ANSWER, as the script would there.
// The answers `refused` and `silent` simulate a failure and a timeout.
import process from 'node:process';

const { ANSWER = '' } = process.env;
const args = process.argv.slice(2);
const script = Buffer.from(args.at(-1) ?? '', 'base64').toString('utf16le');
const isAsked = args.slice(0, -1).join(' ') === '-NoProfile -NonInteractive -Sta -EncodedCommand';
if (!isAsked || !script.includes('GetDataObject()') || ANSWER === 'refused') {
  console.error('Exception calling "GetDataObject": Requested Clipboard operation did not succeed.');
  process.exit(1);
}
if (ANSWER === 'silent') await new Promise(() => setInterval(() => undefined, 1000));
process.stdout.write(ANSWER.replaceAll('\n', '\r\n'));
