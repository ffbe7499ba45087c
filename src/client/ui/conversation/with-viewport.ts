import type { AppState } from '../app-state.js';
import type { ListView } from './list-view.js';
import type { Viewport } from './viewport.js';

/** The state with another view, and what has come below it since it was scrolled up. */
export function withViewport(state: AppState, viewport: Viewport, { source }: ListView): AppState {
  if (viewport.mode === 'newest') return { ...state, viewport, seenKey: undefined };
  const newestKey = source.count > 0 ? source.keyAt(source.count - 1) : undefined;
  return { ...state, viewport, seenKey: state.seenKey ?? newestKey };
}
