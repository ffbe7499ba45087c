import type { Item } from '../../session/item.js';
import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { style } from '../../terminal/colour/style.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';
import type { Theme } from '../theme/theme.js';

/** What stands at the right end of an own message's first row, finished, and its width in cells. */
export type DeliveryMark = { readonly text: string; readonly width: number };

const none: DeliveryMark = { text: '', width: 0 };

/** `…` while sending, `✓` once delivered, `! reason` when it failed; nothing for what others wrote. */
export function deliveryMark(
  item: Item,
  look: { width: number; depth: ColourDepth; theme: Theme },
): DeliveryMark {
  if (!item.mine) return none;
  switch (item.delivery.type) {
    case 'sending':
      return { text: style('…', { dim: true }, look.depth), width: 1 };
    case 'delivered':
      return { text: style('✓', { colour: look.theme.good }, look.depth), width: 1 };
    case 'failed': {
      // The reason may come from a server. It leaves the text at least half of the row.
      const reason = truncate(`! ${sanitiseLine(item.delivery.reason.message)}`, Math.floor(look.width / 2));
      return {
        text: style(reason, { colour: look.theme.bad, bold: true }, look.depth),
        width: textWidth(reason),
      };
    }
  }
}
