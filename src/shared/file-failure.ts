import { errorCode } from './error-code.js';
import { thrownMessage } from './thrown-message.js';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EEXIST: 'it is not a directory',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk fails',
};

export function fileFailure(thrown: unknown): string {
  return reasons[errorCode(thrown)] ?? thrownMessage(thrown);
}

/** What to do about it, as a sentence; undefined where there is no advice. */
export function fileRemedy(thrown: unknown): string | undefined {
  switch (errorCode(thrown)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Free some space there and try again; nothing was changed.';
    case 'EROFS':
      return 'Mount it so that it can be written, or choose another directory with --data.';
    case 'EACCES':
    case 'EPERM':
      return 'Run this as the owner, or change the owner.';
    case 'EIO':
      return 'Check the disk.';
    default:
      return undefined;
  }
}
