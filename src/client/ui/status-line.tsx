import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { FrameView } from './frame-view.js';

const toneColours = { good: 'green', waiting: 'yellow', bad: 'red' } as const;
const widthForHelp = 50;

/** Row 0: who is where, and how the connection stands, coloured so that a lost one is seen without reading. */
export function StatusLine({ view }: { view: FrameView }): ReactElement {
  const { who, phase, online } = view.status;
  return (
    <Box height={1} flexShrink={0} justifyContent="space-between" paddingX={1}>
      <Box flexShrink={1}>
        <Text wrap="truncate">
          <Text bold>{who}</Text>
          {phase !== '' && ' · '}
          <Text color={toneColours[view.tone]}>{phase}</Text>
          {online !== '' && ` · ${online}`}
        </Text>
      </Box>
      {view.columns >= widthForHelp && (
        <Box flexShrink={0}>
          <Text dimColor>{view.overlay ? 'Esc closes' : 'F1 help'}</Text>
        </Box>
      )}
    </Box>
  );
}
