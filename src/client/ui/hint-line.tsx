import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { FrameView } from './frame-view.js';

/** The last row: a notice, or what the keys do. */
export function HintLine({ hint }: { hint: FrameView['hint'] }): ReactElement {
  return (
    <Box height={1} flexShrink={0} paddingLeft={1}>
      <Text wrap="truncate" dimColor={!hint.important} {...(hint.important ? { color: 'yellow' } : {})}>
        {hint.text}
      </Text>
    </Box>
  );
}
