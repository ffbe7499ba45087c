/** Something to be written in order: the pieces of one image, or what takes it away. */
type Upload = { readonly pieces: readonly string[]; readonly onDone: (() => void) | undefined; next: number };

/** Bytes for the terminal that are many, written a little at a time. */
export type UploadQueue = {
  /** Writes pieces after all that were given before. `onDone` is called once the last one is written. */
  add(pieces: readonly string[], onDone?: () => void): void;
  /** Drops pieces of which none was written yet; false if some were, or if they are not here. */
  drop(pieces: readonly string[]): boolean;
  /** Empties the queue: what must still be written, so that no image is left half sent, and none that is to go. */
  end(): string;
};

/**
 * What is written at once. A terminal is written to in one go, however long it takes to read: keys are served between
 * two of these.
 */
const bytesPerTick = 16 * 1024;

/** A queue that hands over a few whole pieces in each turn of the event loop. */
export function createUploadQueue(write: (bytes: string) => void): UploadQueue {
  let uploads: Upload[] = [];
  let isRunning = false;

  function writeSome(): void {
    const [upload] = uploads;
    isRunning = upload !== undefined;
    if (!upload) return;
    const from = upload.next;
    for (let length = 0; upload.next < upload.pieces.length && length < bytesPerTick; upload.next += 1) {
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
      // For what takes an image away nobody waits.
      const needed = uploads.filter(({ next, onDone }) => next > 0 || !onDone);
      uploads = [];
      return needed.flatMap(({ pieces, next }) => pieces.slice(next)).join('');
    },
  };
}
