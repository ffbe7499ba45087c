import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { DialogRow } from '../dialogs/dialog-view.js';
import { ComposerBox } from './composer-box.js';
import type { FrameView } from './frame-view.js';
import { HintLine } from './hint-line.js';
import { LoginScreen } from './login-screen.js';

/** The frame around the messages: status, composer, hints and dialogs. */
export function App({ view }: { view: FrameView }): ReactElement {
  return (
    <Box flexDirection="column" width={view.columns} height={frameHeight(view)} overflow="hidden">
      {view.login ? <LoginScreen view={view} login={view.login} /> : <Conversation view={view} />}
    </Box>
  );
}

/** Ink does not draw the messages: without a dialog over them the frame is lower by their rows. */
function frameHeight({ login, dialog, layout, rows }: FrameView): number {
  return login || dialog ? rows : rows - layout.body.height;
}

function Conversation({ view }: { view: FrameView }): ReactElement {
  const { layout, dialog } = view;
  return (
    <>
      <StatusLine view={view} />
      {dialog && (
        <Box
          height={layout.body.height}
          flexShrink={0}
          flexDirection="column"
          overflow="hidden"
          paddingLeft={1}
        >
          {dialog.map((row, index) => (
            <Text
              key={index}
              wrap="truncate"
              bold={row.look === 'heading'}
              inverse={row.look === 'chosen'}
              {...(row.look === 'faint' ? view.colours.faint : {})}
            >
              <DialogText row={row} />
            </Text>
          ))}
        </Box>
      )}
      {view.composer.suggestions.map(({ text, isChosen }, index) => (
        <Box key={`suggestion ${index}`} height={1} flexShrink={0} paddingLeft={1}>
          <Text wrap="truncate" inverse={isChosen} {...(isChosen ? {} : view.colours.faint)}>
            {text}
          </Text>
        </Box>
      ))}
      <ComposerBox view={view.composer} layout={layout} colours={view.colours} />
      {layout.hasHints && <HintLine hint={view.hint} colours={view.colours} />}
    </>
  );
}

function DialogText({ row: { text, look, match } }: { row: DialogRow }): ReactElement {
  if (!match) return <>{text === '' ? ' ' : text}</>;
  return (
    <>
      {text.slice(0, match.start)}
      <Text bold underline inverse={look !== 'chosen'}>
        {text.slice(match.start, match.end)}
      </Text>
      {text.slice(match.end)}
    </>
  );
}

/** The user, the address and the state of the connection, whose colour makes a lost one visible. */
function StatusLine({ view }: { view: FrameView }): ReactElement {
  const { who, phase, online } = view.status;
  return (
    <Box height={1} flexShrink={0} justifyContent="space-between" paddingX={1}>
      <Box flexShrink={1}>
        <Text wrap="truncate">
          <Text bold>{who}</Text>
          {who !== '' && phase !== '' && ' · '}
          <Text {...view.colours[view.tone]}>{phase}</Text>
          {online !== '' && ` · ${online}`}
        </Text>
      </Box>
      {view.label !== '' && (
        <Box flexShrink={0}>
          <Text {...view.colours.faint}>{view.label}</Text>
        </Box>
      )}
    </Box>
  );
}
