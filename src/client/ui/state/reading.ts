/**
 * The visible part of the list: the newest rows, or those that start at a row of a message. Anchored to a message, so
 * that neither new messages nor a resize move what is being read.
 */
export type Viewport =
  { readonly mode: 'newest' } | { readonly mode: 'anchored'; readonly key: string; readonly row: number };

export const newest: Viewport = { mode: 'newest' };
