/** The size of the terminal in cells. */
export type ScreenSize = { readonly columns: number; readonly rows: number };

/** The caret's cell on the screen, from 0. */
export type Caret = { readonly x: number; readonly y: number };
