#!/usr/bin/env node
// A fake `osascript -l JavaScript` for the script of clipboardy. The pasteboard contains the files in PASTEBOARD, one
// per line; like AppKit it converts every image to a PNG file in a new folder.
import { readFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import process from 'node:process';
import sharp from 'sharp';

const { PASTEBOARD = '' } = process.env;
const script = readFileSync(0, 'utf8');
const [, prefix, postfix] = /console\.log\('(@@\[.*?\]@@)' \+ .* \+ '(##\[.*?\]##)'\);$/s.exec(script) ?? [];
const isAsked = process.argv.slice(2).join(' ') === '-l JavaScript' && script.includes('NSPasteboard');
if (!isAsked || PASTEBOARD === 'refused') {
  console.error('execution error: Error: not allowed (-1743)');
  process.exit(1);
}
if (PASTEBOARD === 'silent') await new Promise(() => setInterval(() => undefined, 1000));

const files = PASTEBOARD.split('\n').filter(Boolean);
const folder = files.length > 0 && mkdtempSync(join(tmpdir(), 'chat-pasteboard-'));
const paths = files.map((file) => join(folder, `${parse(file).name}.png`));
for (const [index, file] of files.entries()) await sharp(file).png().toFile(paths[index]);
// JavaScript for Automation logs to stderr.
console.error(prefix + JSON.stringify({ data: paths }) + postfix);
