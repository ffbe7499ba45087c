import type { Background } from '../../terminal/colour/background.js';
import type { AppState } from '../app-state.js';

/** The background that the colours are for: the one the user names, else the terminal's; undefined while unknown. */
export function backgroundOf({
  preferences,
  background,
}: Pick<AppState, 'preferences' | 'background'>): Background | undefined {
  return preferences.theme === 'auto' ? background : preferences.theme;
}
