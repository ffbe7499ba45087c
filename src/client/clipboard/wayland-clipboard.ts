import type { SelectionTool } from './read-selection.js';

/** Reads the Wayland clipboard with `wl-paste`. */
export const waylandTool: SelectionTool = {
  install: 'wl-clipboard',
  listTypes: ['wl-paste', '--list-types'],
  readType: (type) => ['wl-paste', '--no-newline', '--type', type],
  saysEmpty: /nothing is copied|no selection/i,
};
