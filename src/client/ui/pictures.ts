import { createImageCache, type ImageCache, type ImageState } from '../images/image-cache.js';
import type { ImageRenderer } from '../images/image-renderer.js';
import type { Picture } from './conversation/message-block.js';

/** The pictures of the conversation: made ready as they come into view, and what is known of the broken ones. */
export type Pictures = {
  state(picture: Picture): ImageState;
  /** Why a message's picture cannot be shown; undefined while it can or may yet be. */
  failure(id: string): string | undefined;
  /** Says what is in view now. */
  show(pictures: readonly Picture[]): void;
};

// A failed picture gives its place up and is never in view again: its reason is kept here. The oldest go first.
const maxFailures = 5000;

/** Pictures drawn by `renderer`; `onChange` is called when one became ready or failed. */
export function createPictures(renderer: ImageRenderer, onChange: () => void): Pictures {
  const failures = new Map<string, string>();
  let inView: readonly Picture[] = [];
  const cache: ImageCache = createImageCache({
    renderer,
    onChange(id) {
      const state = inView.filter((picture) => picture.id === id).map(({ box }) => cache.state(id, box))[0];
      if (state?.status === 'failed') remember(id, state.reason);
      onChange();
    },
  });

  function remember(id: string, reason: string): void {
    failures.set(id, reason);
    for (const oldest of failures.keys()) {
      if (failures.size <= maxFailures) break;
      failures.delete(oldest);
    }
  }

  return {
    state: ({ id, box }) => cache.state(id, box),
    failure: (id) => failures.get(id),
    show(pictures) {
      inView = pictures;
      cache.show(pictures);
    },
  };
}
