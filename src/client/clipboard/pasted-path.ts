import path from 'node:path';
import { shellWords } from '../../shared/shell-words.js';
import { fileOfUri } from './uri-list.js';

/** A text longer than this is no list of paths. */
const maxLength = 16 * 1024;
const pathStart = /^['"]?(\/|~\/|file:\/|[a-z]:[\\/])/i;
const controlCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/**
 * The ways to read a pasted or dropped text as absolute paths, the most literal first; each is a list of at
 * least one path. Terminals write a dropped file raw, quoted, with backslashes or as a URI, and several ones
 * separated by spaces or lines. Nothing is looked up: whether a reading is right shows where all its files exist.
 * A text that cannot be a path gives no reading. Relative paths are read only where `directory` is given, from which
 * they start.
 */
export function pathReadings(text: string, home: string | undefined, directory?: string): string[][] {
  const whole = text.trim();
  if (whole.length > maxLength || whole === '' || controlCharacter.test(whole)) return [];
  if (directory === undefined && !pathStart.test(whole)) return [];
  const lines = whole.split(/[\r\n]+/).map((line) => line.trim());
  const readings = [
    lines,
    lines.map(unescape),
    lines.flatMap((line) => shellWords(line) ?? [line]),
    lines.flatMap((line) => line.split(/\s+/)),
  ].map((words) => words.map((word) => absolutePath(word, home, directory)));
  const possible = readings.filter((paths): paths is string[] => !paths.includes(undefined));
  return possible.filter((paths, index) => possible.findIndex((other) => sameList(other, paths)) === index);
}

/**
 * The spellings under which a file may really be stored: macOS writes a narrow no-break space (U+202F) before
 * the AM or PM of a screenshot's name, and on its way through a terminal it may become a common space.
 */
export function pathSpellings(file: string): string[] {
  return [...new Set([file, file.replace(/ (?=[AP]M\b)/gi, '\u202f'), file.replaceAll('\u202f', ' ')])];
}

function absolutePath(
  word: string,
  home: string | undefined,
  directory: string | undefined,
): string | undefined {
  const bare = /^'(.*)'$/s.exec(word)?.[1] ?? /^"(.*)"$/s.exec(word)?.[1] ?? word;
  if (/^file:/i.test(bare)) return fileOfUri(bare);
  if (bare.startsWith('~/')) return home === undefined ? undefined : home + bare.slice(1);
  // A Windows path has a drive; \\host\share would mean to log in at that host.
  if (/^\/[^/]|^[a-z]:[\\/]/i.test(bare)) return bare;
  return directory === undefined || /^[\\/]|^$/.test(bare) ? undefined : path.resolve(directory, bare);
}

function unescape(word: string): string {
  return word.replace(/\\(.)/gs, '$1');
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
