/** A size in terminal cells. */
export type CellSize = { readonly columns: number; readonly rows: number };

/** A cell's size in pixels, as the terminal reported it. */
export type CellPixels = { readonly width: number; readonly height: number };

/** A part of an image that the terminal draws over whole rows of cells, which are blank then. */
export type ImagePart = {
  /** Its first row, from 0 within the image. */
  readonly row: number;
  readonly rows: number;
  /** What draws it, with the cursor at its first cell. It does not scroll, and leaves the cursor anywhere. */
  readonly bytes: string;
};

/** An image as rows of text, ready for the terminal. */
export type RenderedImage = {
  /** Finished strings: own escape sequences only, each `columns` wide, each ending in the default colours. */
  readonly rows: readonly string[];
  readonly columns: number;
  /**
   * To be written to the terminal once, before the rows: what they refer to, in whole escape sequences between which
   * others may come. Absent where rows suffice.
   */
  readonly upload?: readonly string[];
  /** To be written when the image is no longer needed: frees what `upload` stored. */
  readonly release?: string;
  /** To be drawn over the rows, and again whenever those cells were written; only while all rows are in view. */
  readonly parts?: readonly ImagePart[];
};

/** The port to a way of showing images: half blocks, or a terminal's own protocol. */
export type ImageRenderer = {
  /**
   * Draws an image of any kind that `imageSize` knows into exactly these cells, which `fitCells` gives: the space
   * can be kept before the image is there. Throws `message-refused` if it is damaged or too large.
   */
  render(bytes: Uint8Array, cells: CellSize): Promise<RenderedImage>;
};
