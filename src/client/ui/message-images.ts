import { createImageCache, type ImageState } from '../images/image-cache.js';
import type { ImageRenderer, RenderedImage } from '../images/graphics/image-renderer.js';
import type { UploadQueue } from '../images/upload-queue.js';
import type { Screen } from '../terminal/screen/screen.js';
import type { BlockImage } from './conversation/message-block.js';
import type { VisibleImage } from './conversation/visible-rows.js';

/** The pictures of the conversation: made ready as they come into view, stored in the terminal and drawn over its rows. */
export type MessageImages = {
  state(image: BlockImage): ImageState;
  /** Why a message's picture cannot be shown; undefined while it can or may yet be. */
  failure(id: string): string | undefined;
  /** Says what is in view now, in an area whose first row is `top`. */
  show(visible: readonly VisibleImage[], top: number): void;
  /** What takes every picture off the terminal, for when it is given back. */
  cleanUp(): string;
  /** Takes every picture off the screen: another way of showing them follows. */
  close(): void;
};

// A failed picture gives its place up and is never in view again: its reason is kept here. The oldest go first.
const maxFailures = 5000;
const eraseScreen = '\x1b[2J';

/**
 * MessageImages drawn by `renderer`; what the terminal must store goes through `uploads`. `onChange` is called when one became
 * ready or failed.
 */
export function createMessageImages(
  renderer: ImageRenderer,
  screen: Screen,
  uploads: UploadQueue,
  onChange: () => void,
): MessageImages {
  const failures = new Map<string, string>();
  /** What the terminal has stored, or is about to: `isStored` when its rows may be shown. */
  const stored = new Map<RenderedImage, { isStored: boolean }>();
  let inView: readonly VisibleImage[] = [];
  let areaTop = 0;
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
      ready.flatMap(({ image: { parts = [] }, place }) =>
        place
          ? parts.map(({ row, rows, bytes }) => ({ x: place.x, y: areaTop + place.y + row, rows, bytes }))
          : [],
      ),
    );
  }

  /** The terminal may have forgotten what it had stored. */
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
    show(visible, top) {
      inView = visible;
      areaTop = top;
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
