import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellWords } from '../../shared/shell-words.js';

const maxLength = 16 * 1024;
const pathStart = /^['"]?(\/|~\/|file:\/|[a-z]:[\\/])/i;
const controlCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/**
 * Returns lists of absolute paths, the most literal reading first: terminals paste dropped files raw, quoted, escaped
 * or as URIs, separated by spaces or lines. Relative paths start from `directory`; without it they are not paths.
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

/** macOS names screenshots with U+202F before AM or PM, which a terminal may turn into a common space. */
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
  // A Windows path has a drive; reading \\host\share would log in to that host.
  if (/^\/[^/]|^[a-z]:[\\/]/i.test(bare)) return bare;
  return directory === undefined || /^[\\/]|^$/.test(bare) ? undefined : path.resolve(directory, bare);
}

function unescape(word: string): string {
  return word.replace(/\\(.)/gs, '$1');
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

const maxFiles = 100;

/** Reads a `text/uri-list` (RFC 2483) or GNOME's format, which has an additional first line `copy` or `cut`. */
export function filesOfUriList(text: string): string[] {
  return text
    .split(/[\r\n\0]+/)
    .flatMap((line) => fileOfUri(line.trim()) ?? [])
    .slice(0, maxFiles);
}

/** A URI with another host gives undefined: on Windows, reading such a file would log in to that host. */
export function fileOfUri(text: string): string | undefined {
  if (!/^file:(\/\/(localhost)?)?\/(?!\/)/i.test(text) || !URL.canParse(text)) return undefined;
  try {
    const file = fileURLToPath(text);
    return path.isAbsolute(file) && !file.includes('\0') ? file : undefined;
  } catch {
    // An encoded slash or invalid UTF-8.
    return undefined;
  }
}
