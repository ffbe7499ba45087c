/** Behind transparent pixels: on mid-grey both black and white drawings can be seen, whatever the terminal's theme. */
export const backdrop = { r: 128, g: 128, b: 128 };
