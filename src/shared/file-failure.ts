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
};

/** Why a file or directory cannot be used, in words; what has none here, as the system says it. */
export function fileFailure(thrown: unknown): string {
  return reasons[errorCode(thrown)] ?? thrownMessage(thrown);
}
