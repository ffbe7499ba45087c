import { resolve } from 'node:path';
import { isImageFile } from '../images/decode/read-image-file.js';
import { raceTimeout } from '../../shared/async/with-timeout.js';
import { homeDirectory } from '../system/home-directory.js';
import { pathReadings, pathSpellings } from './pasted-path.js';

/** More dropped files than this are taken as text. */
const maxFiles = 20;

/** What looking for images needs of the machine. */
export type PastedImagesOptions = {
  readonly home?: string | undefined;
  readonly isImage?: (path: string) => Promise<boolean>;
  /** How long is looked for them, in milliseconds: a network's drive may not answer at all. */
  readonly timeLimit?: number;
};

const defaultTimeLimit = 2000;

/**
 * The image files that a pasted or dropped text names, or undefined if it is anything else: then it is text.
 * Only what starts like an image counts, so a path that somebody wants to talk about stays text.
 */
export async function findPastedImages(
  text: string,
  { home = homeDirectory(), isImage = isImageFile, timeLimit = defaultTimeLimit }: PastedImagesOptions = {},
): Promise<readonly string[] | undefined> {
  return raceTimeout(timeLimit, find(text, home, isImage));
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

/**
 * The path that the text of a command means: that very file, else what a terminal or a shell would write so: quoted,
 * escaped, `~/`, a URI. Where no such image is found in time, the likeliest path, for the error to name.
 */
export async function namedImage(
  text: string,
  directory: string,
  { home = homeDirectory(), isImage = isImageFile, timeLimit = defaultTimeLimit }: PastedImagesOptions = {},
): Promise<string> {
  const literal = resolve(directory, text);
  const paths = pathReadings(text, home, directory)
    .filter((reading) => reading.length === 1)
    .flat();
  const found = await raceTimeout(timeLimit, firstImage([literal, ...paths.flatMap(pathSpellings)], isImage));
  return found ?? paths[0] ?? literal;
}

async function firstImage(
  paths: readonly string[],
  isImage: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const path of paths) if (await isImage(path)) return path;
  return undefined;
}
