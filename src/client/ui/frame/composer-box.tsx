import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { ComposerView, FrameColours } from './frame-view.js';
import type { ScreenLayout } from './screen-layout.js';

/** The draft and its attachments, in a box if one fits. */
export function ComposerBox({
  view,
  layout,
  colours,
}: {
  view: ComposerView;
  layout: ScreenLayout;
  colours: FrameColours;
}): ReactElement {
  const rows = (
    <>
      {view.attachments.map((text, index) => (
        <Text key={`attachment ${index}`} wrap="truncate" {...colours.note}>
          {text}
        </Text>
      ))}
      {view.placeholder !== undefined ? (
        <Text wrap="truncate" {...colours.faint}>
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
      {...(colours.line.color === undefined ? {} : { borderColor: colours.line.color })}
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
