import { createImageCache, type ImageState } from '../images/image-cache.js';
import type { ImagePart, ImageRenderer, RenderedImage } from '../images/graphics/image-renderer.js';
import type { UploadQueue } from '../images/upload-queue.js';
import type { Screen } from '../terminal/screen/screen.js';
import type { BlockImage } from './conversation/message-block.js';
import type { VisibleImage } from './conversation/visible-rows.js';

/** The images of the conversation: prepared when they come into view, stored in the terminal and drawn over rows. */
export type MessageImages = {
  state(image: BlockImage): ImageState;
  /** Why a message's image cannot be shown; undefined if it can, or if that is not known yet. */
  failure(id: string): string | undefined;
  /** Shows the images in view, in an area whose first cell is this one. */
  show(visible: readonly VisibleImage[], corner: { readonly x: number; readonly y: number }): void;
  /** The bytes that remove all images from the terminal. */
  cleanUp(): string;
  /** Removes all images from the screen before another renderer is used. */
  close(): void;
};

// A failed image becomes a caption and leaves the view, so its reason is kept here. The oldest are dropped.
const maxFailures = 5000;
const eraseScreen = '\x1b[2J';

/** Draws with `renderer` and stores images through `uploads`. `onChange`: an image is ready or has failed. */
export function createMessageImages(
  renderer: ImageRenderer,
  screen: Screen,
  uploads: UploadQueue,
  onChange: () => void,
): MessageImages {
  const failures = new Map<string, string>();
  /** Images that are stored or being stored. Rows are shown only if `isStored`. */
  const stored = new Map<RenderedImage, { isStored: boolean }>();
  let inView: readonly VisibleImage[] = [];
  let area = { x: 0, y: 0 };
  const cache = createImageCache({
    renderer,
    onChange(id, state) {
      if (state.status === 'failed') remember(id, state.reason);
      onChange();
    },
    onDrop: release,
  });

  function remember(id: string, reason: string): void {
    failures.set(id, reason);
    for (const oldest of failures.keys()) {
      if (failures.size <= maxFailures) break;
      failures.delete(oldest);
      cache.forget(oldest);
    }
  }

  function release(image: RenderedImage): void {
    if (!stored.delete(image) || uploads.drop(image.upload ?? [])) return;
    uploads.add([image.release ?? '']);
  }

  function draw(): void {
    const ready = inView.flatMap(({ image, place }) => {
      const state = cache.state(image.id, image.box);
      return state.status === 'ready' ? [{ image: state.image, place }] : [];
    });
    for (const { image } of ready) {
      if (image.upload === undefined || stored.has(image)) continue;
      const storing = { isStored: false };
      stored.set(image, storing);
      uploads.add(image.upload, () => {
        storing.isStored = true;
        onChange();
      });
    }
    screen.setOverlays(
      ready.flatMap(({ image: { parts = [] }, place: { x, y, firstRow, rows: visibleRows } }) =>
        partsInView(parts, firstRow, visibleRows).map(({ row, rows, bytes }) => ({
          x: area.x + x,
          y: area.y + y + row,
          rows,
          bytes,
        })),
      ),
    );
  }

  /** The terminal may have lost its stored images. */
  function restoreAll(): void {
    for (const { upload = [] } of stored.keys()) uploads.drop(upload);
    stored.clear();
    draw();
    onChange();
  }

  function stateOf({ id, box }: BlockImage): ImageState {
    const state = cache.state(id, box);
    const isStored =
      state.status !== 'ready' || state.image.upload === undefined || stored.get(state.image)?.isStored;
    return isStored ? state : { status: 'loading' };
  }

  screen.on('redraw', restoreAll);
  return {
    state: stateOf,
    failure: (id) => failures.get(id),
    show(visible, corner) {
      inView = visible;
      area = corner;
      cache.show(visible.map(({ image }) => image));
      draw();
    },
    cleanUp() {
      const hasOverlays = inView.some(({ image }) => {
        const state = cache.state(image.id, image.box);
        return state.status === 'ready' && state.image.parts !== undefined;
      });
      const halfSent = uploads.end();
      const releases = [...stored.keys()].map((image) => image.release ?? '');
      return halfSent + releases.join('') + (hasOverlays ? eraseScreen : '');
    },
    close() {
      screen.off('redraw', restoreAll);
      for (const image of [...stored.keys()]) release(image);
      screen.setOverlays([]);
      cache.show([]);
    },
  };
}

/** What draws the rows of an image from `first` on, `rows` of them; the overlays' rows count from `first`. */
function partsInView(
  parts: readonly ImagePart[],
  first: number,
  rows: number,
): readonly { readonly row: number; readonly rows: number; readonly bytes: string }[] {
  return parts.flatMap((part) => {
    const from = Math.max(part.row, first);
    const to = Math.min(part.row + part.rows, first + rows);
    if (from >= to) return [];
    const isWhole = to - from === part.rows;
    const bytes = isWhole ? part.bytes : part.crop?.(from - part.row, to - part.row);
    return bytes === undefined ? [] : [{ row: from - first, rows: to - from, bytes }];
  });
}
