import type { SelectionTool } from './read-selection.js';

const clipboard = ['-selection', 'clipboard', '-o', '-t'];

/** Reads the X11 clipboard with `xclip`. */
export const x11Tool: SelectionTool = {
  install: 'xclip',
  listTypes: ['xclip', ...clipboard, 'TARGETS'],
  readType: (type) => ['xclip', ...clipboard, type],
  saysEmpty: /target \S+ not available|no owner/i,
};
