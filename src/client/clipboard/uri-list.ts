import path from 'node:path';
import { fileURLToPath } from 'node:url';

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
