import { ChatError } from '../../shared/errors.js';
import type { CellSize, ImageRenderer, RenderedImage } from './graphics/image-renderer.js';

/** An image on the screen. The same `id` means the same bytes. */
export type VisibleImage = { readonly id: string; readonly bytes: Uint8Array; readonly box: CellSize };

/** A failure stays until it is forgotten; `reason` is an error message. */
export type ImageState =
  | { readonly status: 'queued' | 'loading' }
  | { readonly status: 'ready'; readonly image: RenderedImage }
  | { readonly status: 'failed'; readonly reason: string };

/** Renders images in the background as they come into view. */
export type ImageCache = {
  /** `queued` for an unknown image. Changes nothing. */
  state(id: string, box: CellSize): ImageState;
  /** Sets the images in view, oldest first. The newest load first; no image in view is evicted. */
  show(visible: readonly VisibleImage[]): void;
  /** Also forgets a failure, so that the image is loaded again. */
  forget(id: string): void;
};

/** Dependencies and bounds of a cache. */
export type ImageCacheOptions = {
  readonly renderer: ImageRenderer;
  /** An image, in view or not, became ready or failed. Not called during `show`. */
  readonly onChange: (id: string, state: ImageState) => void;
  /** A ready image was evicted: the place to write its `release`. */
  readonly onDrop?: (image: RenderedImage) => void;
  readonly maxBytes?: number;
};

/** While one is drawn the next gets ready; more could leave the screen before their turn. */
const maxLoading = 2;
const defaultMaxBytes = 16 * 1024 * 1024;
const entryBytes = 500;

type Entry = { readonly id: string; readonly state: ImageState };

const queued: ImageState = { status: 'queued' };

/** Renders at most `maxLoading` images at a time. */
export function createImageCache(options: ImageCacheOptions): ImageCache {
  const { renderer, onChange, onDrop, maxBytes = defaultMaxBytes } = options;
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
    const isCurrent = entries.get(key) === entry;
    if (isCurrent) {
      entries.set(key, { id: image.id, state });
      shrink();
    } else if (state.status === 'ready') onDrop?.(state.image);
    // First, so that the next one no longer counts as queued when the change is drawn.
    loadNext();
    if (isCurrent) onChange(image.id, state);
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

function bytesOf(state: ImageState): number {
  if (state.status !== 'ready') return entryBytes;
  const { rows, upload = [], release = '', parts = [] } = state.image;
  const characters = [...rows, ...upload, ...parts.map((part) => part.bytes)].reduce(
    (sum, text) => sum + text.length,
    release.length,
  );
  return entryBytes + 2 * characters;
}
