import type { Search } from '../search/search.js';

/** What lies over the messages. It has the keyboard while it is there. */
export type Overlay = TextOverlay | Search;

/** A text to read: the help, or who is online. `top` is its first row in view. */
export type TextOverlay = { readonly type: 'help' | 'users'; readonly top: number };
