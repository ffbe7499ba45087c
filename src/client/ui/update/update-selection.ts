import { contentType } from '../../../shared/message.js';
import { decodeText } from '../../../shared/text.js';
import type { Item } from '../../session/item.js';
import { findUrls } from '../../terminal/text/hyperlinks.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';
import { imageEffect } from '../commands/run-command.js';
import type { ListView } from '../conversation/message-list.js';
import { markUnread, scrollTo, withReading } from '../conversation/reading.js';
import { scrollBy, topOf } from '../conversation/viewport.js';
import { actionFor } from '../keymap/keymap.js';
import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation } from '../state/mode.js';

/** Selects the newest message in view. */
export function startSelection(state: AppState, view: ListView): AppState {
  const { source, height } = view;
  if (source.count === 0) return { ...state, notice: 'There is no message to select.' };
  const top = topOf(state.reading.viewport, source, height);
  let last = top.index;
  for (let used = source.height(last) - top.row; last + 1 < source.count; last++) {
    used += source.height(last + 1);
    if (used > height) break;
  }
  return select(state, last, view);
}

/** Handles input while a message is selected; undefined: it ends the selection. */
export function updateSelection(
  state: AppState,
  selectedKey: string,
  key: string,
  view: ListView,
): AppUpdate | undefined {
  const index = view.source.indexOf(selectedKey);
  const item = index < 0 ? undefined : view.source.itemAt(index);
  if (!item) return undefined;
  const selectAt = (target: number): AppUpdate => [select(state, target, view), []];
  const action = actionFor('selection', key);
  switch (action) {
    case 'previous':
      return selectAt(index - 1);
    case 'next':
      return selectAt(index + 1);
    case 'oldest':
      return selectAt(0);
    case 'newest':
      return selectAt(view.source.count - 1);
    case 'page-up':
      return selectAt(paged(index, -1, view));
    case 'page-down':
      return selectAt(paged(index, 1, view));
    case 'close':
      return [{ ...state, mode: conversation }, []];
    case 'open-image':
    case 'save-image': {
      const effect = imageEffect(action, item);
      return effect ? [state, [effect]] : [{ ...state, notice: 'This message has no image.' }, []];
    }
    case 'mark-unread':
      return markUnread(state, index, view);
    case 'copy':
      return copy(state, item);
    case 'resend':
      return item.delivery.type === 'failed'
        ? [state, [{ type: 'resend', key: item.key }]]
        : [{ ...state, notice: 'This message has not failed.' }, []];
    case undefined:
      return undefined;
  }
}

/** Copies the text; repeated, one link or code block after the other. */
function copy(state: AppState, { key, message }: Item): AppUpdate {
  if (message.type !== contentType.text)
    return [{ ...state, notice: 'This message has no text to copy.' }, []];
  const choices = copyablesOf(decodeText(message.content));
  const last = state.mode.type === 'selection' ? (state.mode.copied ?? -1) : -1;
  const at = (last + 1) % choices.length;
  const [chosen, next] = [choices[at], choices[(at + 1) % choices.length]];
  if (!chosen) return [state, []];
  return [
    { ...state, mode: { type: 'selection', key, copied: at } },
    [{ type: 'copy', ...chosen, next: next === chosen ? undefined : next?.what }],
  ];
}

/** The index of a message about one page away. */
function paged(from: number, step: -1 | 1, { source, height }: ListView): number {
  let index = from;
  for (let rows = 0; rows < height && source.keyAt(index + step) !== ''; index += step) {
    rows += source.height(index);
  }
  return index;
}

/** Selects the message nearest to an index, and scrolls it into view. */
function select(state: AppState, wanted: number, view: ListView): AppState {
  const { source } = view;
  const index = Math.max(0, Math.min(wanted, source.count - 1));
  const selected: AppState = { ...state, mode: { type: 'selection', key: source.keyAt(index) } };
  return scrollIntoView(withReading(selected, { highlightedKey: undefined }), index, view);
}

/** Scrolls as little as possible until the message, or the start of a high one, is in view. */
function scrollIntoView(state: AppState, index: number, view: ListView): AppState {
  const { source, height } = view;
  const { viewport } = state.reading;
  const top = topOf(viewport, source, height);
  let above = -top.row;
  for (let at = top.index; at < index; at++) above += source.height(at);
  for (let at = index; at < top.index; at++) above -= source.height(at);
  const end = above + source.height(index);
  const rows = above < 0 ? above : Math.max(0, Math.min(above, end - height));
  return rows === 0 ? state : scrollTo(state, scrollBy(viewport, source, height, rows), view);
}

/** Something that can be copied from a message, and how a notice calls it. */
type Copyable = { readonly what: string; readonly text: string };

const maxCopyables = 20;
const maxUrlShown = 40;
const fence = /^ {0,3}(`{3,}|~{3,})/;

/**
 * The text of a message, its links and its code blocks, without duplicates. Sanitised, since a text may be pasted into
 * a shell; tabs stay.
 */
export function copyablesOf(text: string): readonly Copyable[] {
  const safe = text.split('\t').map(sanitiseText).join('\t');
  const links = findUrls(safe).map(({ url }) => url);
  const blocks = codeBlocksIn(safe);
  const all: Copyable[] = [
    { what: 'the text', text: safe },
    ...links.map((link) => ({ what: shortened(link), text: link })),
    ...blocks.map((code, index) => ({
      what: blocks.length === 1 ? 'the code block' : `code block ${index + 1}`,
      text: code,
    })),
  ];
  const isNew = (one: Copyable, index: number) =>
    all.findIndex((other) => other.text.trim() === one.text.trim()) === index;
  return all.filter(isNew).slice(0, maxCopyables);
}

/** The texts between fences; the last one may be open. */
function codeBlocksIn(text: string): readonly string[] {
  const blocks: string[][] = [];
  let opening: string | undefined;
  for (const line of text.split('\n')) {
    const found = fence.exec(line)?.[1];
    if (opening === undefined) {
      opening = found;
      if (found !== undefined) blocks.push([]);
    } else if (found?.startsWith(opening)) opening = undefined;
    else blocks.at(-1)?.push(line);
  }
  return blocks.map((lines) => lines.join('\n')).filter((code) => code.trim() !== '');
}

function shortened(link: string): string {
  return link.length <= maxUrlShown ? link : `${link.slice(0, maxUrlShown - 1)}…`;
}
