import type { AppState } from '../app-state.js';

/** What the terminal's window is called: how much is unread shows where only the title is seen. */
export function windowTitle({ unread }: AppState): string {
  return unread > 0 ? `chat · ${unread} new` : 'chat';
}
