// Loaded before `read-clipboard.ts`: makes clipboardy believe that this is a Mac. Its programs are on PATH.
import fs from 'node:fs';
import process from 'node:process';

const versionFile = '/System/Library/CoreServices/SystemVersion.plist';
const { readFileSync } = fs;

Object.defineProperty(process, 'platform', { value: 'darwin' });
fs.readFileSync = (path, ...more) =>
  path === versionFile ? '<key>ProductVersion</key><string>15.1</string>' : readFileSync(path, ...more);
