import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { FrameView } from './frame-view.js';
import { hasHelpLabel } from './status-text.js';

/** Row 0: who is where, and how the connection stands, coloured so that a lost one is seen without reading. */
export function StatusLine({ view }: { view: FrameView }): ReactElement {
  const { who, phase, online } = view.status;
  return (
    <Box height={1} flexShrink={0} justifyContent="space-between" paddingX={1}>
      <Box flexShrink={1}>
        <Text wrap="truncate">
          <Text bold>{who}</Text>
          {who !== '' && phase !== '' && ' · '}
          <Text color={view.colours[view.tone]}>{phase}</Text>
          {online !== '' && ` · ${online}`}
        </Text>
      </Box>
      {hasHelpLabel(view.columns) && (
        <Box flexShrink={0}>
          <Text dimColor>{view.overlay ? 'Esc closes' : 'F1 help'}</Text>
        </Box>
      )}
    </Box>
  );
}
