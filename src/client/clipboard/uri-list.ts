import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** More copied files than this are of no use here. */
const maxFiles = 100;

/**
 * The local files of a `text/uri-list` (RFC 2483: a URI a line, `#` for comments) or of GNOME's kind, which starts
 * with a line `copy` or `cut`. Other URIs are left out.
 */
export function filesOfUriList(text: string): string[] {
  return text
    .split(/[\r\n\0]+/)
    .flatMap((line) => fileOfUri(line.trim()) ?? [])
    .slice(0, maxFiles);
}

/**
 * The absolute path of a `file:` URI; undefined for every other text. A URI that names another host is not
 * followed: on Windows, reading there would mean to log in there.
 */
export function fileOfUri(text: string): string | undefined {
  if (!/^file:(\/\/(localhost)?)?\/(?!\/)/i.test(text) || !URL.canParse(text)) return undefined;
  try {
    const file = fileURLToPath(text);
    return path.isAbsolute(file) && !file.includes('\0') ? file : undefined;
  } catch {
    // An encoded slash, or bytes that are not UTF-8.
    return undefined;
  }
}
