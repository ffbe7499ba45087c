import { single } from 'fuzzysort';
import { foldText } from '../../../shared/fold-text.js';
import type { Conversation } from '../../session/state.js';
import type { TypedInput } from '../../terminal/input/terminal-input.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import { typeInLine } from '../composer/composer.js';
import { editorActions, emptyEditor } from '../composer/editor.js';
import type { ListView } from '../conversation/message-list.js';
import { listSteps } from '../keymap/binding.js';
import { actionFor } from '../keymap/keymap.js';
import { openRoom } from '../rooms/open-room.js';
import { hasSeveralRooms, orderedRooms, type ListedRoom } from '../rooms/room-order.js';
import { newsMark, panelFromColumns, roomWindow, sectionRows, type RoomRow } from '../rooms/room-panel.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation, type RoomPicker } from '../state/mode.js';
import type { DialogRow } from './text-dialog.js';

/** F2: shows or hides the room list beside the messages, or opens it over them on a narrow screen. */
export function toggleRoomList(state: AppState, { columns }: ListView): AppUpdate {
  const { preferences } = state;
  if (columns < panelFromColumns || !hasSeveralRooms(state.session)) return openPicker(state, 'listed');
  const shown = preferences['room-list'] === 'on' ? 'off' : 'on';
  return [{ ...state, preferences: { ...preferences, 'room-list': shown } }, []];
}

/** Opens the list with the most urgent room first. */
export function openSwitcher(state: AppState): AppUpdate {
  return openPicker(state, 'urgent');
}

function openPicker(state: AppState, order: RoomPicker['order']): AppUpdate {
  const { session } = state;
  if (!session || !hasSeveralRooms(session)) {
    const notice = noRoomsNotice(session);
    return [{ ...state, notice }, []];
  }
  return [{ ...state, mode: { type: 'rooms', order, query: emptyEditor, chosen: undefined } }, []];
}

function noRoomsNotice(session: Conversation | undefined): string {
  if (session?.phase.type !== 'live') return 'The rooms are not known until the server answers.';
  return session.hasRooms ? 'You are in no other room.' : 'This server has no other rooms.';
}

const maxQueryLength = 100;

/** Handles input in the list of rooms. Only Enter goes to a room. */
export function updateRoomPicker(
  state: AppState,
  picker: RoomPicker,
  input: TypedInput,
  view: ListView,
): AppUpdate {
  const withPicker = (changed: Partial<RoomPicker>): AppUpdate => [
    { ...state, mode: { ...picker, ...changed } },
    [],
  ];
  if (input.type !== 'key') {
    return withPicker({ query: typeInLine(picker.query, input.text, maxQueryLength), chosen: undefined });
  }
  const choose = (step: number): AppUpdate => {
    const rooms = pickerRows(state, picker).flatMap((row) => (row.type === 'room' ? [row.room.number] : []));
    const at = rooms.indexOf(chosenRoom(state, picker)?.number ?? -1);
    return withPicker({ chosen: rooms[Math.max(0, Math.min(rooms.length - 1, at + step))] });
  };
  const steps = listSteps(view.height - 2);
  const action = actionFor('rooms', input.key);
  switch (action) {
    case 'close':
      return [{ ...state, mode: conversation }, []];
    case 'open': {
      const room = chosenRoom(state, picker);
      return room ? openRoom({ ...state, mode: conversation }, room.number) : [state, []];
    }
    case 'previous':
    case 'next':
    case 'page-up':
    case 'page-down':
      return choose(steps[action]);
    case undefined: {
      const edit = actionFor('editing', input.key);
      if (!edit) return [state, []];
      const query = editorActions[edit](picker.query);
      return withPicker({ query, ...(query.text !== picker.query.text && { chosen: undefined }) });
    }
  }
}

/** The list, from the best match on; without a query by section, or by urgency. */
function pickerRows(state: AppState, { order, query }: RoomPicker): readonly RoomRow[] {
  const { session, preferences, room: current } = state;
  if (!session) return [];
  const isSearch = query.text.trim() !== '';
  if (order === 'listed' && !isSearch) return sectionRows(orderedRooms(session, preferences), current);
  const rooms = byUrgency(orderedRooms(session, preferences, 'all'), state);
  const found = isSearch ? matching(rooms, query.text) : rooms;
  return found.map((room) => ({ type: 'room', room }));
}

/** Mentions, direct messages, other news; then the room before this one, the others, and this one last. */
function byUrgency(
  rooms: readonly ListedRoom[],
  { room: current, previousRoom }: AppState,
): readonly ListedRoom[] {
  const rank = ({ number, level, section }: ListedRoom): number => {
    if (number === current) return 5;
    if (level === 'mention') return section === 'direct' ? 1 : 0;
    if (level === 'unread') return 2;
    return number === previousRoom ? 3 : 4;
  };
  return rooms.toSorted((one, other) => rank(one) - rank(other));
}

function matching(rooms: readonly ListedRoom[], text: string): readonly ListedRoom[] {
  const wanted = foldText(text.trim());
  const hasSign = /^[#@]/.test(wanted);
  return rooms
    .map((room) => {
      const label = foldText(room.label);
      return { room, score: single(wanted, hasSign ? label : label.replace(/^[#@]/, ''))?.score ?? 0 };
    })
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ room }) => room);
}

/** By default the first room; in the list by section the current one. */
function chosenRoom(state: AppState, picker: RoomPicker): ListedRoom | undefined {
  const rooms = pickerRows(state, picker).flatMap((row) => (row.type === 'room' ? [row.room] : []));
  const isBySection = picker.order === 'listed' && picker.query.text.trim() === '';
  const wanted = picker.chosen ?? (isBySection ? state.room : undefined);
  return rooms.findLast(({ number }) => number === wanted) ?? rooms[0];
}

const label = 'go to: ';
const noMatchText = 'No room of that name. Esc closes the list.';
const maxLabelCells = 26;
const markCells = 5;

/** The rows of the list of rooms: the query, then as many rooms as fit around the chosen one. */
export function roomPickerView(
  state: AppState,
  picker: RoomPicker,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly rows: readonly DialogRow[]; readonly caretColumn: number } {
  const all = pickerRows(state, picker);
  const chosen = chosenRoom(state, picker)?.number;
  const index = all.findLastIndex((row) => row.type === 'room' && row.room.number === chosen);
  const available = Math.max(0, height - 1);
  const { top, rows } = roomWindow(all, { index, height: available, top: index - (available >> 1) });
  const { text, cursor } = picker.query;
  const before = label + shownText(text.slice(0, cursor));
  const query = truncate(before + shownText(text.slice(cursor)), width);
  const listed = rows.map((row, at) => pickerRow(state, row, top + at === index, width));
  const nothing: DialogRow = { text: truncate(noMatchText, width), look: 'faint' };
  return {
    rows: [{ text: query, look: 'plain' as const }, ...(all.length === 0 ? [nothing] : listed)].slice(
      0,
      height,
    ),
    caretColumn: Math.min(width, textWidth(before)),
  };
}

function pickerRow(
  { session, room: current }: AppState,
  row: RoomRow,
  isChosen: boolean,
  width: number,
): DialogRow {
  if (row.type === 'heading') return { text: row.text, look: 'faint' };
  if (row.type === 'more') return { text: row.text, look: 'heading' };
  const { room } = row;
  const mark = newsMark(room);
  const labelCells = Math.max(1, Math.min(maxLabelCells, width - 2 - markCells - 1));
  const name = truncate(room.label, labelCells);
  const topic = sanitiseLine(session?.rooms.get(room.number)?.room.topic ?? '');
  const start =
    (room.number === current ? '▸ ' : '  ') +
    name +
    ' '.repeat(labelCells - textWidth(name)) +
    mark.padStart(markCells);
  const text = truncate(topic === '' ? start : `${start}  ${topic}`, width);
  const look = isChosen ? 'chosen' : room.level !== 'none' ? 'heading' : room.isMuted ? 'faint' : 'plain';
  return { text, look };
}
