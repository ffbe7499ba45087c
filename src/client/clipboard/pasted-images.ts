import { resolve } from 'node:path';
import { isImageFile } from '../images/decode/read-image-file.js';
import { raceTimeout } from '../../shared/async/with-timeout.js';
import { homeDirectory } from '../system/environment.js';
import { pathReadings, pathSpellings } from './pasted-path.js';

const maxFiles = 20;

/** The parts that depend on the machine. */
export type PastedImagesOptions = {
  readonly home?: string | undefined;
  readonly isImage?: (path: string) => Promise<boolean>;
  /** A network drive may never answer. */
  readonly timeoutMs?: number;
};

const defaultTimeoutMs = 2000;

/** Returns undefined unless the text names only image files. A path to any other file stays text. */
export async function findPastedImages(
  text: string,
  { home = homeDirectory(), isImage = isImageFile, timeoutMs = defaultTimeoutMs }: PastedImagesOptions = {},
): Promise<readonly string[] | undefined> {
  return raceTimeout(timeoutMs, find(text, home, isImage));
}

async function find(
  text: string,
  home: string | undefined,
  isImage: (path: string) => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  for (const reading of pathReadings(text, home)) {
    if (reading.length > maxFiles) continue;
    const files: string[] = [];
    for (const path of reading) {
      const file = await firstImage(pathSpellings(path), isImage);
      if (file === undefined) break;
      files.push(file);
    }
    if (files.length === reading.length) return files;
  }
  return undefined;
}

/** Prefers the literal file name to a reading as a pasted path. Without an image it returns the likeliest path. */
export async function namedImage(
  text: string,
  directory: string,
  { home = homeDirectory(), isImage = isImageFile, timeoutMs = defaultTimeoutMs }: PastedImagesOptions = {},
): Promise<string> {
  const literal = resolve(directory, text);
  const paths = pathReadings(text, home, directory)
    .filter((reading) => reading.length === 1)
    .flat();
  const found = await raceTimeout(timeoutMs, firstImage([literal, ...paths.flatMap(pathSpellings)], isImage));
  return found ?? paths[0] ?? literal;
}

async function firstImage(
  paths: readonly string[],
  isImage: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const path of paths) if (await isImage(path)) return path;
  return undefined;
}
