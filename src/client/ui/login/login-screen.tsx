import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import type { FrameColours, FrameView } from '../frame-view.js';
import { HintLine } from '../hint-line.js';
import { labelWidth, type LoginView } from './login-view.js';

/** Address, user and masked password, and in words why the last attempt failed. */
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
          <Text bold>chat</Text>
          <Text> </Text>
          {login.fields.map(({ label, shown, focused }) => (
            <Text key={label} wrap="truncate">
              <Text dimColor={!focused} bold={focused}>
                {`${focused ? '›' : ' '} ${label}`.padEnd(labelWidth)}
              </Text>
              {shown}
            </Text>
          ))}
          <Text> </Text>
          <LoginMessage login={login} colours={view.colours} />
        </Box>
      </Box>
      {view.layout.hasHints && <HintLine hint={view.hint} colours={view.colours} />}
    </>
  );
}

function LoginMessage({
  login: { problem, busy, question },
  colours,
}: {
  login: LoginView;
  colours: FrameColours;
}): ReactElement {
  if (question !== undefined) {
    return (
      <Text wrap="wrap">
        The certificate of {question.server} is new here. Compare with what chat serve printed there:{' '}
        <Text bold>SHA256 {question.fingerprint}</Text> Trust it from now on? <Text bold>y/n</Text>
      </Text>
    );
  }
  if (problem !== undefined) {
    return (
      <Text wrap="wrap" color={colours.bad}>
        {problem}
      </Text>
    );
  }
  return <Text color={colours.waiting}>{busy ? 'connecting…' : ' '}</Text>;
}
