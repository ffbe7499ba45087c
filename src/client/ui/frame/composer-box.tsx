import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { ComposerView } from './frame-view.js';
import type { ScreenLayout } from './screen-layout.js';

/** The draft and its attachments, in a box if one fits. */
export function ComposerBox({
  view,
  layout,
  colour,
}: {
  view: ComposerView;
  layout: ScreenLayout;
  /** The colour of attachments. */
  colour: string;
}): ReactElement {
  const rows = (
    <>
      {view.attachments.map((text, index) => (
        <Text key={`attachment ${index}`} wrap="truncate" color={colour}>
          {text}
        </Text>
      ))}
      {view.placeholder !== undefined ? (
        <Text wrap="truncate" dimColor>
          {view.placeholder}
        </Text>
      ) : (
        view.rows.map((row, index) => (
          <Text key={`row ${index}`} wrap="truncate">
            {row === '' ? ' ' : row}
          </Text>
        ))
      )}
    </>
  );
  // With equal keys Ink would keep paddings of the other element.
  return layout.boxed ? (
    <Box
      key="boxed"
      borderStyle="round"
      borderDimColor
      paddingX={1}
      flexDirection="column"
      flexShrink={0}
      height={layout.composerRows + 2}
    >
      {rows}
    </Box>
  ) : (
    <Box key="plain" paddingLeft={2} flexDirection="column" flexShrink={0} height={layout.composerRows}>
      {rows}
    </Box>
  );
}
