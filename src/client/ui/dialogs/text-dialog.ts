import { foldText } from '../../../shared/fold-text.js';
import { roomRole } from '../../../shared/message.js';
import type { MemberView } from '../../../shared/room-answers.js';
import type { Conversation } from '../../session/state.js';
import { maxShownNames } from '../../session/update.js';
import type { TypedInput } from '../../terminal/input/terminal-input.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { truncate } from '../../terminal/text/text-width.js';
import type { ListView } from '../conversation/message-list.js';
import { recentAuthors } from '../conversation/user-names.js';
import { actionFor } from '../keymap/keymap.js';
import { searchView } from '../search/search-view.js';
import { roomLabel } from '../rooms/room-names.js';
import { maxListed, type AppEvent, type AppUpdate } from '../state/app-event.js';
import type { AppState, Caret } from '../state/app-state.js';
import { conversation, type Dialog, type MemberList, type TextDialog } from '../state/mode.js';
import { helpRows } from './help.js';
import { progressOf, roomBrowserView } from './room-browser.js';
import { emojiPickerView } from './emoji-picker.js';
import { roomPickerView } from './room-picker.js';

/** Handles input in a text dialog; undefined: the dialog closes, and the input goes to the draft. */
export function updateTextDialog(
  state: AppState,
  dialog: TextDialog,
  input: TypedInput,
  view: ListView,
): AppUpdate | undefined {
  if (input.type !== 'key') return undefined;
  const action = actionFor('text-dialog', input.key);
  if (action === 'close') return [{ ...state, mode: conversation }, []];
  const steps = { 'line-up': -1, 'line-down': 1, 'page-up': -view.height, 'page-down': view.height };
  const top = Math.max(0, dialog.top + (action ? steps[action] : 0));
  const { length } = textRows(dialog, state, view.width - 1);
  return [{ ...state, mode: { ...dialog, top: firstTextRow(top, length, view.height) } }, []];
}

/** All rows of a dialog. */
function textRows(dialog: TextDialog, state: AppState, width: number): readonly DialogRow[] {
  switch (dialog.type) {
    case 'help':
      return helpRows(width);
    case 'users':
      return userRows(state).map((text) => ({ text, look: 'plain' }));
    case 'members':
      return memberRows(dialog, state.session?.user ?? '', width);
  }
}

/** Shows the members, and completes their names from now on. */
export function membersListed(
  state: AppState,
  { room, members, end }: Extract<AppEvent, { type: 'members-listed' }>,
): AppState {
  const { mode, session } = state;
  const count = session?.rooms.get(room)?.room.memberCount ?? members.length;
  const names = members.map(({ name }) => name);
  const next = end === 'complete' || end === 'full' ? { ...state, members: { room, count, names } } : state;
  if (mode.type !== 'members' || mode.room.number !== room) return next;
  // A list that is loaded again replaces the one before when it is complete.
  if (mode.progress.type !== 'loading' && end !== 'complete' && end !== 'full') return next;
  return { ...next, mode: { ...mode, members: inOrder(members), progress: progressOf(end) } };
}

function inOrder(members: readonly MemberView[]): readonly MemberView[] {
  return [...members].sort(
    (one, other) => Number(other.online) - Number(one.online) || one.name.localeCompare(other.name),
  );
}

/** After a change of the session: the open list of members shows who is online, and is loaded again for other members. */
export function followMembers(state: AppState, before: Conversation | undefined): AppUpdate {
  const { mode, session } = state;
  if (mode.type !== 'members' || !session) return [state, []];
  const room = session.rooms.get(mode.room.number)?.room ?? mode.room;
  const { online } = session;
  const isSame = before?.online === online || online === undefined || online.length >= maxShownNames;
  const names = new Set(online);
  const members = isSame
    ? mode.members
    : inOrder(mode.members.map((member) => ({ ...member, online: names.has(member.name) })));
  if (mode.progress.type === 'loading' || room.memberCount === mode.count)
    return members === mode.members ? [state, []] : [{ ...state, mode: { ...mode, members } }, []];
  return [
    { ...state, mode: { ...mode, room, count: room.memberCount, members } },
    [{ type: 'list-members', room: room.number, max: maxListed }],
  ];
}

function memberRows({ room, members, progress }: MemberList, user: string, width: number): DialogRow[] {
  const online = members.filter((member) => member.online).length;
  const label = roomLabel(room, user);
  const count = `${members.length}${progress.type === 'full' ? '+' : ''}`;
  const heading: DialogRow =
    progress.type === 'failed'
      ? { text: `could not list the members of ${label}: ${progress.reason}`, look: 'plain' }
      : progress.type === 'loading'
        ? { text: `${label}: loading the members…`, look: 'faint' }
        : {
            text: `${label}: ${count} ${members.length === 1 ? 'member' : 'members'}, ${online} online`,
            look: 'heading',
          };
  return [
    { ...heading, text: truncate(heading.text, width) },
    ...members.map(({ name, role, online: isOnline }): DialogRow => {
      const isModerator = role === roomRole.moderator ? '  moderator' : '';
      const shown = truncate(sanitiseLine(name), Math.max(1, width - 2 - isModerator.length));
      return {
        text: truncate(`${isOnline ? '●' : ' '} ${shown}${isModerator}`, width),
        look: isOnline ? 'plain' : 'faint',
      };
    }),
  ];
}

/** The first visible row. The last page is always full. */
function firstTextRow(top: number, length: number, height: number): number {
  return Math.max(0, Math.min(top, length - height));
}

function userRows({ session, preferences }: AppState): string[] {
  if (!session) return [];
  const { online } = session;
  const heading = online
    ? `${online.length} online`
    : 'This server does not report who is online. Recent authors:';
  const names = [...(online ?? recentAuthors(session))].sort((one, other) => one.localeCompare(other));
  return [
    heading,
    '',
    ...names.map((name) =>
      preferences.ignored.includes(foldText(name)) ? `${sanitiseLine(name)} (ignored)` : sanitiseLine(name),
    ),
  ];
}

/** One row of a dialog. */
export type DialogRow = {
  readonly text: string;
  readonly look: 'plain' | 'heading' | 'faint' | 'chosen';
  /** A part to mark, as offsets in the text. */
  readonly match?: { readonly start: number; readonly end: number } | undefined;
};

/** The visible rows, and the caret if the dialog has a text field. */
export type DialogView = { readonly rows: readonly DialogRow[]; readonly caret: Caret | undefined };

/** Lays out a dialog over the messages. The first column stays free. */
export function dialogView(
  dialog: Dialog,
  state: AppState,
  columns: number,
  body: { readonly top: number; readonly height: number },
): DialogView {
  if (dialog.type === 'room-browser') return roomBrowserView(dialog, columns, body);
  if (dialog.type === 'rooms') {
    const { rows, caretColumn } = roomPickerView(state, dialog, { width: columns - 1, height: body.height });
    return { rows, caret: { x: Math.min(columns - 1, 1 + caretColumn), y: body.top } };
  }
  if (dialog.type === 'emoji') {
    const { rows, caretColumn } = emojiPickerView(state, dialog, { width: columns - 1, height: body.height });
    return { rows, caret: { x: Math.min(columns - 1, 1 + caretColumn), y: body.top } };
  }
  if (dialog.type !== 'search') {
    const all = textRows(dialog, state, columns - 1);
    const first = firstTextRow(dialog.top, all.length, body.height);
    const rows = all.slice(first, first + body.height);
    return { rows, caret: undefined };
  }
  const view = searchView(dialog, { width: columns - 1, height: body.height });
  const rows: DialogRow[] = [
    { text: view.query, look: 'plain' },
    { text: view.progress, look: 'faint' },
    ...view.hits.map(({ text, isChosen, match }) => ({
      text,
      match,
      look: isChosen ? ('chosen' as const) : ('plain' as const),
    })),
  ];
  return {
    rows: rows.slice(0, body.height),
    caret:
      dialog.what === 'mentions'
        ? undefined
        : { x: Math.min(columns - 1, 1 + view.caretColumn), y: body.top },
  };
}
