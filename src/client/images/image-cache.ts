import { ChatError } from '../../shared/errors.js';
import type { CellSize, ImageRenderer, RenderedImage } from './graphics/image-renderer.js';

/** An image that is on the screen now. `id` names its bytes: the same id is always the same image. */
export type VisibleImage = { readonly id: string; readonly bytes: Uint8Array; readonly box: CellSize };

/** How far an image is. A failure stays until it is forgotten; `reason` is the error's message. */
export type ImageState =
  | { readonly status: 'queued' | 'loading' }
  | { readonly status: 'ready'; readonly image: RenderedImage }
  | { readonly status: 'failed'; readonly reason: string };

/** Images made ready in the background, as they come into view. */
export type ImageCache = {
  /** What is known of an image in a box; `queued` if nothing was asked yet. Cheap, changes nothing. */
  state(id: string, box: CellSize): ImageState;
  /**
   * Says which images are on the screen, oldest first. The newest are loaded first; what waits and is no longer
   * on the screen is not loaded; what is on the screen is never thrown out.
   */
  show(visible: readonly VisibleImage[]): void;
  /** Drops an image in every box, also a failure, so that it is loaded again when it is shown again. */
  forget(id: string): void;
};

/** What a cache works with. */
export type ImageCacheOptions = {
  readonly renderer: ImageRenderer;
  /** An image became ready, or failed, in view or no longer. Called later than `show`, never during it. */
  readonly onChange: (id: string, state: ImageState) => void;
  /** A ready image was thrown out: the place to write its `release`. */
  readonly onDrop?: (image: RenderedImage) => void;
  /** How much to keep of what is not on the screen. */
  readonly maxBytes?: number;
};

/** One is drawn, the next is ready to be; the rest may leave the screen before its turn. */
const maxLoading = 2;
const defaultMaxBytes = 16 * 1024 * 1024;
/** What an entry costs besides its rows. */
const entryBytes = 500;

type Entry = { readonly id: string; readonly state: ImageState };

const queued: ImageState = { status: 'queued' };

/** A cache that draws with `renderer`, at most two at a time. */
export function createImageCache(options: ImageCacheOptions): ImageCache {
  const { renderer, onChange, onDrop, maxBytes = defaultMaxBytes } = options;
  /** The longest unseen first. Holds what is loading and what is done; what is queued is only in `wanted`. */
  const entries = new Map<string, Entry>();
  let wanted: readonly VisibleImage[] = [];
  let loading = 0;

  function loadNext(): void {
    while (loading < maxLoading) {
      const next = wanted.findLast((image) => !entries.has(keyOf(image)));
      if (!next) return;
      void load(next);
    }
  }

  async function load(image: VisibleImage): Promise<void> {
    const key = keyOf(image);
    const entry: Entry = { id: image.id, state: { status: 'loading' } };
    entries.set(key, entry);
    loading++;
    const state = await outcome(renderer, image);
    loading--;
    // Unless it was forgotten meanwhile.
    if (entries.get(key) === entry) {
      entries.set(key, { id: image.id, state });
      shrink();
      onChange(image.id, state);
    } else if (state.status === 'ready') onDrop?.(state.image);
    loadNext();
  }

  function shrink(): void {
    const inView = new Set(wanted.map(keyOf));
    let bytes = [...entries.values()].reduce((sum, { state }) => sum + bytesOf(state), 0);
    for (const [key, { state }] of entries) {
      if (bytes <= maxBytes) return;
      if (inView.has(key) || state.status === 'loading') continue;
      drop(key, state);
      bytes -= bytesOf(state);
    }
  }

  function drop(key: string, state: ImageState): void {
    entries.delete(key);
    if (state.status === 'ready') onDrop?.(state.image);
  }

  return {
    state: (id, box) => entries.get(keyOf({ id, box }))?.state ?? queued,
    show(visible) {
      wanted = visible;
      for (const key of visible.map(keyOf)) {
        const entry = entries.get(key);
        if (!entry) continue;
        entries.delete(key);
        entries.set(key, entry);
      }
      loadNext();
    },
    forget(id) {
      for (const [key, entry] of entries) if (entry.id === id) drop(key, entry.state);
    },
  };
}

async function outcome(renderer: ImageRenderer, { bytes, box }: VisibleImage): Promise<ImageState> {
  try {
    return { status: 'ready', image: await renderer.render(bytes, box) };
  } catch (error) {
    return { status: 'failed', reason: ChatError.from(error).message };
  }
}

function keyOf({ id, box }: { id: string; box: CellSize }): string {
  return `${box.columns}x${box.rows} ${id}`;
}

/** Two bytes a character, as if no string were Latin-1 only. */
function bytesOf(state: ImageState): number {
  if (state.status !== 'ready') return entryBytes;
  const { rows, upload = [], release = '', parts = [] } = state.image;
  const characters = [...rows, ...upload, ...parts.map((part) => part.bytes)].reduce(
    (sum, text) => sum + text.length,
    release.length,
  );
  return entryBytes + 2 * characters;
}
