import { foldText } from '../../../shared/fold-text.js';
import type { RoomView } from '../../../shared/room-answers.js';
import type { TypedInput } from '../../terminal/input/terminal-input.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import { typeInLine } from '../composer/composer.js';
import { editorActions } from '../composer/editor.js';
import type { ListView } from '../conversation/message-list.js';
import { listSteps } from '../keymap/binding.js';
import { actionFor } from '../keymap/keymap.js';
import { openRoom } from '../rooms/open-room.js';
import { roomLabel } from '../rooms/room-names.js';
import type { AppEvent, AppUpdate, ListEnd } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation, type ListProgress, type RoomBrowser } from '../state/mode.js';
import type { DialogRow, DialogView } from './text-dialog.js';

const maxFilterLength = 100;

/** Handles input in the list of open rooms. Enter opens the chosen room, and joins it if that was not done. */
export function updateRoomBrowser(
  state: AppState,
  browser: RoomBrowser,
  input: TypedInput,
  view: ListView,
): AppUpdate {
  const change = (changed: Partial<RoomBrowser>): AppUpdate => [
    { ...state, mode: { ...browser, ...changed } },
    [],
  ];
  if (input.type !== 'key') {
    return change({ filter: typeInLine(browser.filter, input.text, maxFilterLength), chosen: 0 });
  }
  const found = matching(browser);
  const choose = (step: number): AppUpdate =>
    change({ chosen: Math.max(0, Math.min(found.length - 1, browser.chosen + step)) });
  const steps = listSteps(view.height - headerRows);
  const action = actionFor('rooms', input.key);
  switch (action) {
    case 'close':
      return [{ ...state, mode: conversation }, []];
    case 'previous':
    case 'next':
    case 'page-up':
    case 'page-down':
      return choose(steps[action]);
    case 'open': {
      const room = found[browser.chosen];
      return room ? enter({ ...state, mode: conversation }, room) : [state, []];
    }
    case undefined: {
      const edit = actionFor('editing', input.key);
      return edit ? change({ filter: editorActions[edit](browser.filter), chosen: 0 }) : [state, []];
    }
  }
}

function enter(state: AppState, room: RoomView): AppUpdate {
  if (state.session?.rooms.has(room.number)) return openRoom(state, room.number);
  return [
    { ...state, notice: 'One moment…' },
    [{ type: 'room-call', call: { what: 'join', room }, from: state.room }],
  ];
}

/** Shows the rooms that were listed; the chosen one stays. */
export function roomsListed(
  state: AppState,
  { rooms, end }: Extract<AppEvent, { type: 'rooms-listed' }>,
): AppState {
  const { mode } = state;
  if (mode.type !== 'room-browser') return state;
  return { ...state, mode: { ...mode, rooms, progress: progressOf(end) } };
}

/** How a list continues whose last part ended as `end` says. */
export function progressOf(end: ListEnd | undefined): ListProgress {
  if (end === undefined) return { type: 'loading' };
  if (end === 'full') return { type: 'full' };
  return end === 'complete' ? { type: 'done' } : { type: 'failed', reason: sanitiseLine(end.message) };
}

/** The rooms whose name or topic contains the filter: first those whose name begins with it. */
function matching({ rooms, filter }: RoomBrowser): readonly RoomView[] {
  const wanted = foldText(filter.text.trim().replace(/^#/, ''));
  if (wanted === '') return rooms;
  const begins = rooms.filter(({ name }) => name.startsWith(wanted));
  const contains = rooms.filter(
    ({ name, topic }) =>
      !name.startsWith(wanted) && (name.includes(wanted) || foldText(topic).includes(wanted)),
  );
  return [...begins, ...contains];
}

const label = 'rooms: ';
const headerRows = 2;

/** The filter, the progress, and the rooms around the chosen one. */
export function roomBrowserView(
  browser: RoomBrowser,
  columns: number,
  body: { readonly top: number; readonly height: number },
): DialogView {
  const width = columns - 1;
  const { text, cursor } = browser.filter;
  const availableCells = Math.max(1, width - label.length - 1);
  const before = shownText(text.slice(0, cursor));
  const found = matching(browser);
  const height = Math.max(0, body.height - headerRows);
  const first = Math.max(0, Math.min(browser.chosen - Math.floor(height / 2), found.length - height));
  const nameCells = Math.min(
    maxNameCells,
    Math.max(0, ...found.slice(first, first + height).map((room) => textWidth(roomLabel(room, '')))),
  );
  const rows: DialogRow[] = [
    { text: `${label}${truncate(before + shownText(text.slice(cursor)), availableCells)}`, look: 'plain' },
    { text: truncate(progressText(browser, found.length), width), look: 'faint' },
    ...found.slice(first, first + height).map((room, index): DialogRow => ({
      text: truncate(roomText(room, nameCells), width - 1),
      look: first + index === browser.chosen ? 'chosen' : room.archived ? 'faint' : 'plain',
    })),
  ];
  return {
    rows: rows.slice(0, body.height),
    caret: { x: Math.min(columns - 1, 1 + label.length + textWidth(before)), y: body.top },
  };
}

const maxNameCells = 33;
const membersCells = '99 members'.length;

function progressText({ rooms, progress, filter }: RoomBrowser, count: number): string {
  switch (progress.type) {
    case 'loading':
      return rooms.length === 0 ? 'loading…' : `${count} so far · loading…`;
    case 'failed':
      return `could not list the rooms: ${progress.reason}`;
    case 'done':
    case 'full': {
      if (rooms.length === 0) return 'There is no open room yet: /create ROOM creates one.';
      const more = progress.type === 'full' ? '+' : '';
      if (filter.text === '') return `${rooms.length}${more} open · type to find one`;
      return `${count} of ${rooms.length}${more}`;
    }
  }
}

/** `✓ #ops  14 members  deploys and pages`; the mark: joined. */
function roomText(room: RoomView, nameCells: number): string {
  const { memberCount, joined, archived, topic } = room;
  const name = roomLabel(room, '');
  const gap = ' '.repeat(Math.max(0, nameCells - textWidth(name)));
  const members = `${memberCount} ${memberCount === 1 ? 'member' : 'members'}`.padEnd(membersCells);
  const words = [archived ? 'archived ' : '', sanitiseLine(topic)].join('');
  return `${joined ? '✓' : ' '} ${name}${gap}  ${members}  ${words}`.trimEnd();
}
