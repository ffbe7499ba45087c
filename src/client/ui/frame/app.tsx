import { Box, Text } from 'ink';
import { Fragment, type ReactElement } from 'react';
import type { DialogRow } from '../dialogs/text-dialog.js';
import { type LoginRow, labelWidth, type LoginView } from '../login/login-view.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { titleMarginCells, type FrameView, type ComposerView, type FrameColours } from './frame-view.js';
import type { ScreenLayout } from './screen-layout.js';

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
      {/* The screen puts the room list left of it. */}
      <Box flexDirection="column" flexShrink={0} width={layout.columns}>
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
      </Box>
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
  const { who, phase, online, room } = view.status;
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
      {(view.label !== '' || room) && (
        <Box flexShrink={0}>
          {room && (
            <Text wrap="truncate">
              <Text bold>{room.name}</Text>
              {room.rest}
              {view.label !== '' && '   '}
            </Text>
          )}
          <Text {...view.colours.faint}>{view.label}</Text>
        </Box>
      )}
    </Box>
  );
}

/** The draft and its attachments, in a box if one fits. */
function ComposerBox({
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
    <Fragment key="boxed">
      {view.title !== '' && <TitledBorder title={view.title} columns={layout.columns} colours={colours} />}
      <Box
        key={view.title === '' ? 'closed' : 'titled'}
        borderStyle="round"
        borderTop={view.title === ''}
        {...(colours.line.color === undefined ? {} : { borderColor: colours.line.color })}
        paddingX={1}
        flexDirection="column"
        flexShrink={0}
        height={layout.composerRows + (view.title === '' ? 2 : 1)}
      >
        {rows}
      </Box>
    </Fragment>
  ) : (
    <Box key="plain" paddingLeft={2} flexDirection="column" flexShrink={0} height={layout.composerRows}>
      {rows}
    </Box>
  );
}

/** `╭ #ops ────╮` */
function TitledBorder({
  title,
  columns,
  colours,
}: {
  title: string;
  columns: number;
  colours: FrameColours;
}): ReactElement {
  const dashes = Math.max(0, columns - titleMarginCells + 1 - textWidth(title));
  return (
    <Text wrap="truncate">
      <Text {...colours.line}>╭</Text>
      {` ${title} `}
      <Text {...colours.line}>{`${'─'.repeat(dashes)}╮`}</Text>
    </Text>
  );
}

/** The last row: a notice, or hints for keys. */
function HintLine({ hint, colours }: { hint: FrameView['hint']; colours: FrameColours }): ReactElement {
  return (
    <Box height={1} flexShrink={0} paddingLeft={1}>
      <Text wrap="truncate" {...colours[hint.tone]}>
        {hint.text}
      </Text>
    </Box>
  );
}

/** Address, user and masked password, and a message or a question. */
function LoginScreen({ view, login }: { view: FrameView; login: LoginView }): ReactElement {
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
