import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { FrameColours, FrameView } from './frame-view.js';

/** The last row: a notice, or hints for keys. */
export function HintLine({
  hint,
  colours,
}: {
  hint: FrameView['hint'];
  colours: FrameColours;
}): ReactElement {
  return (
    <Box height={1} flexShrink={0} paddingLeft={1}>
      <Text wrap="truncate" {...colours[hint.tone]}>
        {hint.text}
      </Text>
    </Box>
  );
}
