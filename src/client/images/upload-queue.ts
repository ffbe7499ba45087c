type Upload = { readonly pieces: readonly string[]; readonly onDone: (() => void) | undefined; next: number };

/** Writes many bytes to the terminal, a little at a time. */
export type UploadQueue = {
  /** `onDone` is called after the last piece is written. */
  add(pieces: readonly string[], onDone?: () => void): void;
  /** False if some were already written, or if they are not queued. */
  drop(pieces: readonly string[]): boolean;
  /** Empties the queue and returns what must still be written: the rest of begun uploads, and removals. */
  end(): string;
};

/** A terminal write blocks until it is read; keys are handled between two writes. */
const maxBytesPerTick = 16 * 1024;

/** Writes a few whole pieces in each turn of the event loop. */
export function createUploadQueue(write: (bytes: string) => void): UploadQueue {
  let uploads: Upload[] = [];
  let isRunning = false;

  function writeSome(): void {
    const [upload] = uploads;
    isRunning = upload !== undefined;
    if (!upload) return;
    const from = upload.next;
    for (let length = 0; upload.next < upload.pieces.length && length < maxBytesPerTick; upload.next += 1) {
      length += upload.pieces[upload.next]?.length ?? 0;
    }
    write(upload.pieces.slice(from, upload.next).join(''));
    if (upload.next === upload.pieces.length) {
      uploads.shift();
      upload.onDone?.();
    }
    setImmediate(writeSome);
  }

  return {
    add(pieces, onDone) {
      uploads.push({ pieces, onDone, next: 0 });
      if (!isRunning) setImmediate(writeSome);
      isRunning = true;
    },
    drop(pieces) {
      const at = uploads.findIndex((upload) => upload.pieces === pieces && upload.next === 0);
      if (at >= 0) uploads.splice(at, 1);
      return at >= 0;
    },
    end() {
      const needed = uploads.filter(({ next, onDone }) => next > 0 || !onDone);
      uploads = [];
      return needed.flatMap(({ pieces, next }) => pieces.slice(next)).join('');
    },
  };
}
