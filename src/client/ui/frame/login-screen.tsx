import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { FrameColours, FrameView } from './frame-view.js';
import { HintLine } from './hint-line.js';
import type { LoginRow } from '../login/login-message.js';
import { labelWidth, type LoginView } from '../login/login-view.js';

/** Address, user and masked password, and a message or a question. */
export function LoginScreen({ view, login }: { view: FrameView; login: LoginView }): ReactElement {
  return (
    <>
      <Box
        flexGrow={1}
        flexDirection="column"
        paddingTop={login.top}
        paddingLeft={login.left}
        overflow="hidden"
      >
        <Box flexDirection="column" width={login.width} flexShrink={0}>
          {login.hasTitle && <Text bold>chat</Text>}
          {login.hasTitle && <Text> </Text>}
          {login.fields.map(({ label, shown, focused }) => (
            <Text key={label} wrap="truncate">
              <Text bold={focused} {...(focused ? {} : view.colours.faint)}>
                {`${focused ? '›' : ' '} ${label}`.padEnd(labelWidth)}
              </Text>
              {shown}
            </Text>
          ))}
          {login.hasGap && <Text> </Text>}
          {login.message.map((row, index) => (
            <MessageRow key={index} row={row} colours={view.colours} />
          ))}
        </Box>
      </Box>
      {view.layout.hasHints && <HintLine hint={view.hint} colours={view.colours} />}
    </>
  );
}

function MessageRow({
  row: { text, look },
  colours,
}: {
  row: LoginRow;
  colours: FrameColours;
}): ReactElement {
  return (
    <Text
      wrap="truncate"
      bold={look === 'bold'}
      {...(look === 'bad' || look === 'waiting' ? colours[look] : {})}
    >
      {text === '' ? ' ' : text}
    </Text>
  );
}
