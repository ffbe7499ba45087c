import type { ColourDepth } from '../../terminal/colour/colour-depth.js';
import { style, type TextStyle } from '../../terminal/colour/style.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import type { AppState } from '../state/app-state.js';
import type { Theme } from '../theme/theme.js';
import { createRoomOrder, hasSeveralRooms, roomSections, type ListedRoom } from './room-order.js';

/** On a narrower screen the room list is a dialog. */
export const panelFromColumns = 100;

/** Whether the room list is beside the messages on a wide screen. */
export function showsRoomList({ session, preferences, mode }: AppState): boolean {
  return hasSeveralRooms(session) && preferences['room-list'] === 'on' && mode.type !== 'login';
}

/** A row of a list of rooms. `more`: how many rooms with news are out of view, and the nearest of them. */
export type RoomRow =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'room'; readonly room: ListedRoom }
  | { readonly type: 'more'; readonly text: string; readonly room: ListedRoom };

/** The rows of a list by section, of which each room is in one or two. */
export function sectionRows(rooms: readonly ListedRoom[], current: number): readonly RoomRow[] {
  return roomSections(rooms, current).flatMap(({ heading, rooms }): RoomRow[] => [
    { type: 'heading', text: heading },
    ...rooms.map((room) => ({ type: 'room' as const, room })),
  ]);
}

/** The part of a list in view. */
export type RoomWindow = { readonly top: number; readonly rows: readonly RoomRow[] };

/** The `height` rows from `top` on, or as near to it as the row at `index` is in view; at its edges, the news beyond. */
export function roomWindow(
  all: readonly RoomRow[],
  { index, height, top: wanted }: { index: number; height: number; top: number },
): RoomWindow {
  const lowest = Math.max(0, all.length - height);
  // The first and the last row may be taken by the news.
  const margin = height >= 3 ? 1 : 0;
  const near = index < 0 ? wanted : Math.max(index - height + 1 + margin, Math.min(index - margin, wanted));
  const top = Math.max(0, Math.min(lowest, near));
  const rows = all.slice(top, top + height);
  if (margin === 0) return { top, rows };
  const hasAbove = top > 0;
  const hasBelow = top < lowest;
  const visible = numbersIn(rows.slice(hasAbove ? 1 : 0, hasBelow ? -1 : undefined));
  const above = hasAbove ? newsIn(all.slice(0, top + 1), visible) : [];
  const below = hasBelow ? newsIn(all.slice(top + height - 1), visible) : [];
  const [nextAbove, nextBelow] = [above.at(-1), below[0]];
  return {
    top,
    rows: rows.map((row, at): RoomRow => {
      if (at === 0 && nextAbove) return { type: 'more', text: `▲ ${above.length}`, room: nextAbove };
      const isLast = at === rows.length - 1;
      return isLast && nextBelow ? { type: 'more', text: `▼ ${below.length}`, room: nextBelow } : row;
    }),
  };
}

function numbersIn(rows: readonly RoomRow[]): ReadonlySet<number> {
  return new Set(rows.flatMap((row) => (row.type === 'room' ? [row.room.number] : [])));
}

/** The rooms with news that are not visible, each once. */
function newsIn(rows: readonly RoomRow[], visible: ReadonlySet<number>): readonly ListedRoom[] {
  const found = new Map<number, ListedRoom>();
  for (const row of rows) {
    if (row.type === 'room' && row.room.level !== 'none' && !visible.has(row.room.number))
      found.set(row.room.number, row.room);
  }
  return [...found.values()];
}

const maxCount = 999;

/** `●2` for mentions and direct messages, `3` for other news. */
export function newsMark({ level, count, isMuted }: ListedRoom): string {
  if (level === 'none') return isMuted ? 'muted' : '';
  if (count === 0) return '•';
  const shown = count > maxCount ? `${maxCount}+` : String(count);
  return level === 'mention' ? `●${shown}` : shown;
}

/** How the room list is drawn. */
type PanelLook = { readonly theme: Theme; readonly depth: ColourDepth };

/** The room list as finished rows of the screen, and the room in each of them. */
export type RoomPanel = {
  readonly rows: readonly string[];
  readonly roomAt: (row: number) => number | undefined;
  /** The first row of the list that is in view after scrolling by some rows. */
  readonly scrolled: (rows: number) => number;
};

const noPanel: RoomPanel = { rows: [], roomAt: () => undefined, scrolled: () => 0 };

/** Draws the room list. The same list is not drawn again: that would be for each key press. */
export function createRoomPanel(): (
  state: AppState,
  size: { readonly columns: number; readonly rows: number },
  look: PanelLook,
) => RoomPanel {
  const order = createRoomOrder();
  let known: { readonly causes: readonly unknown[]; readonly panel: RoomPanel } | undefined;
  let top = 0;
  return (
    { session, preferences, room: current, roomListTop },
    { columns, rows: height },
    { theme, depth },
  ) => {
    if (!session || columns === 0) return noPanel;
    const rooms = order(session, preferences);
    const causes = [rooms, current, roomListTop, columns, height, theme, depth];
    if (known?.causes.every((cause, index) => cause === causes[index])) return known.panel;
    const all = sectionRows(rooms, current);
    const index = all.findLastIndex((row) => row.type === 'room' && row.room.number === current);
    // Scrolled by the wheel, the current room may be out of view.
    const place = roomListTop === undefined ? { index, top } : { index: -1, top: roomListTop };
    const window = roomWindow(all, { ...place, height });
    ({ top } = window);
    const panel: RoomPanel = {
      scrolled: (rows) => Math.max(0, Math.min(all.length - height, window.top + rows)),
      rows: Array.from({ length: height }, (_, at) =>
        panelRow(window.rows[at], window.top + at === index, columns, { theme, depth }),
      ),
      roomAt(at) {
        const row = window.rows[at];
        return row === undefined || row.type === 'heading' ? undefined : row.room.number;
      },
    };
    known = { causes, panel };
    return panel;
  };
}

/** ` ▸ #ops         ●7 │` */
function panelRow(
  row: RoomRow | undefined,
  isCurrent: boolean,
  columns: number,
  { theme, depth }: PanelLook,
): string {
  const cells = columns - 1;
  const line = style('│', { colour: theme.line }, depth);
  if (row?.type !== 'room') {
    const text = truncate(` ${row?.text ?? ''}`, cells);
    const look = row?.type === 'more' ? newsLook(row.room, theme) : { colour: theme.faint };
    return style(text, look, depth) + ' '.repeat(cells - textWidth(text)) + line;
  }
  const { room } = row;
  const mark = newsMark(room);
  const labelCells = Math.max(1, cells - leadCells - (mark === '' ? 1 : textWidth(mark) + 2));
  const label = truncate(room.label, labelCells);
  const space = ' '.repeat(Math.max(0, labelCells - textWidth(label)));
  return (
    (isCurrent ? ' ▸ ' : '   ') +
    style(label, labelLook(room, isCurrent, theme), depth) +
    space +
    (mark === '' ? ' ' : ` ${style(mark, newsLook(room, theme), depth)} `) +
    line
  );
}

const leadCells = 3;

function labelLook({ level, isMuted }: ListedRoom, isCurrent: boolean, theme: Theme): TextStyle {
  if (isMuted && !isCurrent) return { colour: theme.faint };
  return { bold: isCurrent || level !== 'none' };
}

function newsLook({ level }: ListedRoom, theme: Theme): TextStyle {
  if (level === 'none') return { colour: theme.faint };
  return level === 'mention' ? { colour: theme.waiting, bold: true } : { colour: theme.note };
}
