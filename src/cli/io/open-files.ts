import { errorCode } from '../../shared/error-code.js';
import { ChatError } from '../../shared/errors.js';

/** How many causes of causes are looked at. */
const maxDepth = 8;

/** A failure for want of file descriptors as one that names the limit; any other as it is. */
export function namingOpenFiles(error: ChatError): ChatError {
  const code = openFilesCode(error, maxDepth);
  if (code === 'ENFILE') {
    return new ChatError('internal', 'this machine has too many open files', {
      hint: 'End other programs, or raise the limit of the system.',
      cause: error,
    });
  }
  if (code !== 'EMFILE') return error;
  return new ChatError('internal', `too many open files: the limit of this process is ${openFilesLimit()}`, {
    hint: 'Raise it, for instance: ulimit -n 1024',
    cause: error,
  });
}

function openFilesCode(thrown: unknown, depth: number): 'EMFILE' | 'ENFILE' | undefined {
  if (depth === 0 || !(thrown instanceof Error)) return undefined;
  const code = errorCode(thrown);
  if (code === 'EMFILE' || code === 'ENFILE') return code;
  // The database says it only in words.
  if (code.startsWith('LEVEL_') && /too many open files$/i.test(thrown.message)) return 'EMFILE';
  return openFilesCode(thrown.cause, depth - 1);
}

/** The soft limit; Node tells it only in its report. */
function openFilesLimit(): string {
  const { report } = process;
  // Otherwise it looks up the names of all connected addresses.
  Object.assign(report, { excludeNetwork: true });
  const limits = (report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } })
    .userLimits;
  return String(limits?.open_files?.soft ?? 'unknown');
}
