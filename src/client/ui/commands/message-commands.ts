import { isSameName } from '../../../shared/fold-text.js';
import { contentType, messageKind, roomRole, type Message } from '../../../shared/message.js';
import { isEmoji } from '../../../shared/message-rules.js';
import { decodeText, encodeText } from '../../../shared/text.js';
import type { Change } from '../../connection/change-message.js';
import { isDeleted } from '../../session/current-form.js';
import type { Item } from '../../session/item.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import {
  clearSent,
  draftText,
  isEmptyDraft,
  remember,
  startEditing,
  stopEditing,
} from '../composer/composer.js';
import { emptyEditor } from '../composer/editor.js';
import { formatTime } from '../conversation/local-time.js';
import { ownReactions } from '../conversation/message-state.js';
import { shownItem, shownItems } from '../conversation/shown-items.js';
import { inDraftOf } from '../rooms/open-room.js';
import type { AppEffect, AppEvent, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { conversation, type NamedEmoji } from '../state/mode.js';
import { sizeProblem } from './room-commands.js';

const cannotChange = 'This server cannot change messages.';
const maxOwnEmoji = 5;

function noted(state: AppState, text: string): AppUpdate {
  return [{ ...state, notice: text }, []];
}

function rejected(state: AppState, text: string): AppUpdate {
  return [{ ...state, notice: { tone: 'error', text } }, []];
}

/** Why a message cannot be changed or answered at all. */
function problemWith({ session }: AppState, { message, delivery }: Item): string | undefined {
  if (delivery.type !== 'delivered') return 'This message is not sent yet.';
  if (message.sequence === 0 || !session?.hasRooms) return cannotChange;
  if (!isMessage(message)) return 'This is no message.';
  return isDeleted(message) ? 'This message was deleted.' : undefined;
}

function isMessage({ detail }: Message): boolean {
  return (detail?.kind ?? messageKind.message) === messageKind.message;
}

/** The next draft of the room is a reply to the message. */
export function startReply(state: AppState, item: Item): AppUpdate {
  const problem = problemWith(state, item);
  if (problem === cannotChange) return noted(state, 'This server has no replies.');
  // What was deleted can still be answered.
  if (problem !== undefined && !isDeleted(item.message)) return noted(state, problem);
  const { sequence, from } = item.message;
  const composer = state.composer.editing ? stopEditing(state.composer) : state.composer;
  return [{ ...state, mode: conversation, composer: { ...composer, replyTo: { sequence, from } } }, []];
}

/** Why the user cannot edit a message. */
function editProblem(state: AppState, item: Item): string | undefined {
  const problem = problemWith(state, item);
  if (problem !== undefined) return problem;
  if (!item.mine) return 'Only its author can edit a message.';
  return item.message.type === contentType.text ? undefined : 'Only texts can be edited.';
}

/** The composer has the text of the message until it is stored or Esc brings the draft back. */
export function startEdit(state: AppState, item: Item): AppUpdate {
  const problem = editProblem(state, item);
  if (problem !== undefined) return noted(state, problem);
  const { sequence, timestamp, content } = item.message;
  const text = draftText(decodeText(content));
  const composer = startEditing(state.composer, { sequence, timestamp }, text);
  return [{ ...state, mode: conversation, composer }, []];
}

/** Stores the edited text. */
export function submitEdit(state: AppState, { sequence }: { readonly sequence: number }): AppUpdate {
  const text = state.composer.editor.text.replace(/[\r\n]+$/, '');
  if (text.trim() === '') return noted(state, 'A message cannot be empty. /delete deletes it, Esc keeps it.');
  const problem = sizeProblem(encodeText(text), state.session);
  if (problem !== undefined) return rejected(state, problem);
  const done = { ...state, composer: clearSent(state.composer) };
  return [done, [changing(state, { type: 'edit', target: sequence, text })]];
}

function changing({ room }: AppState, change: Change): AppEffect {
  return { type: 'change-message', change, room };
}

/** Asks whether to delete a message, which is selected meanwhile. */
export function askDelete(state: AppState, item: Item): AppUpdate {
  const problem = problemWith(state, item);
  if (problem !== undefined) return noted(state, problem);
  const isModerator = state.session?.room.role === roomRole.moderator;
  if (!item.mine && !isModerator) return noted(state, 'Only its author or a moderator can delete a message.');
  const whose = item.mine ? 'your message' : `the message of ${sanitiseLine(item.message.from)}`;
  const text = `Delete ${whose} of ${formatTime(item.message.timestamp)}? y deletes it, any other key keeps it.`;
  return [
    {
      ...state,
      mode: { type: 'selection', key: item.key, asksToDelete: true },
      notice: { tone: 'warning', text },
    },
    [],
  ];
}

export function deleteMessage(state: AppState, { message }: Item): AppUpdate {
  return [{ ...state, mode: conversation }, [changing(state, { type: 'delete', target: message.sequence })]];
}

/** Adds a reaction, or takes it back. */
export function toggleReaction(state: AppState, item: Item, emoji: string): AppUpdate {
  const own = ownReactions(item.message, state.session?.user ?? '');
  const wanted = own.includes(emoji) ? own.filter((one) => one !== emoji) : [...own, emoji];
  return setReactions(state, item, wanted);
}

/** Adds the reactions of others, as far as a user may have so many. */
export function joinReactions(state: AppState, item: Item): AppUpdate {
  const own = ownReactions(item.message, state.session?.user ?? '');
  const all = [...new Set([...own, ...(item.message.detail?.reactions ?? []).map(({ emoji }) => emoji)])];
  if (all.length === own.length)
    return noted(state, own.length === 0 ? 'No one has reacted to this message.' : 'You have all of them.');
  return setReactions(state, item, all.slice(0, maxOwnEmoji));
}

function setReactions(state: AppState, item: Item, emoji: readonly string[]): AppUpdate {
  const problem = problemWith(state, item);
  if (problem !== undefined) return noted(state, problem);
  if (emoji.length > maxOwnEmoji)
    return noted(state, `At most ${maxOwnEmoji} reactions: take one back first.`);
  return [state, [changing(state, { type: 'react', target: item.message.sequence, emoji })]];
}

/** Opens the list of emoji for a message. */
export function openEmojiPicker(state: AppState, item: Item): AppUpdate {
  const problem = problemWith(state, item);
  if (problem !== undefined) return noted(state, problem);
  return [
    { ...state, mode: { type: 'emoji', key: item.key, query: emptyEditor, chosen: 0 } },
    state.emoji ? [] : [{ type: 'load-emoji' }],
  ];
}

/** The selected or highlighted message, otherwise the last one of the user that `isWanted`. */
function targetOf(state: AppState, isWanted: (item: Item) => boolean): Item | undefined {
  const { session, preferences, reading, mode } = state;
  if (!session) return undefined;
  const key = mode.type === 'selection' ? mode.key : reading.highlightedKey;
  const selected = key === undefined ? undefined : shownItem(session, preferences, key);
  if (selected) return selected;
  const items = shownItems(session, preferences);
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items.at(index);
    if (item?.mine && isWanted(item)) return item;
  }
  return undefined;
}

const isKept = ({ message, delivery }: Item): boolean =>
  delivery.type === 'delivered' && !isDeleted(message) && isMessage(message);
const isText = (item: Item): boolean => isKept(item) && item.message.type === contentType.text;

const nothingOfYours = 'You have written nothing here: select a message with Alt+Up.';

/** `/edit`, `/delete`, `/react` and `/reply`; `done` is the state without the command in the draft. */
export function runMessageCommand(
  state: AppState,
  done: AppState,
  name: 'edit' | 'delete' | 'react' | 'reply',
  argument: string,
): AppUpdate {
  const item = targetOf(state, name === 'edit' ? isText : isKept);
  if (!item) return rejected(state, nothingOfYours);
  switch (name) {
    case 'edit':
      return startEdit(done, item);
    case 'delete':
      return askDelete(done, item);
    case 'reply':
      return startReply(done, item);
    case 'react': {
      if (argument === '') return openEmojiPicker(done, item);
      if (isEmoji(argument)) return toggleReaction(done, item, argument);
      if (state.emoji) return reactByName(state, done, item, argument);
      return [state, [{ type: 'load-emoji', thenSubmit: true }]];
    }
  }
}

const maxFound = 100;

/** Those with a name like this one, the best first: by the whole name, its beginning, a word in it, or a part of it. */
export function findEmoji(all: readonly NamedEmoji[], name: string): readonly NamedEmoji[] {
  const wanted = name.trim().replace(/^:|:$/g, '').toLowerCase().replace(/\s+/g, '_');
  if (wanted === '') return [];
  const rank = (each: string, isFirst: boolean): number => {
    const lower = each.toLowerCase();
    const position = lower.indexOf(wanted);
    if (position < 0) return Infinity;
    const place = lower === wanted ? 0 : position === 0 ? 2 : lower[position - 1] === '_' ? 4 : 6;
    return place + (isFirst ? 0 : 1);
  };
  return all
    .map((one) => ({ one, rank: Math.min(...one.names.map((each, index) => rank(each, index === 0))) }))
    .filter((found) => found.rank < Infinity)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, maxFound)
    .map(({ one }) => one);
}

function reactByName(state: AppState, done: AppState, item: Item, name: string): AppUpdate {
  const [found] = findEmoji(state.emoji ?? [], name);
  if (!found) return rejected(state, `There is no emoji “${sanitiseLine(name)}”. /react lists them.`);
  return toggleReaction(done, item, found.emoji);
}

const substitution = /^s\/((?:[^/\\]|\\.)+)\/((?:[^/\\]|\\.)*)\/$/s;

/** `s/old/new/` edits a message; undefined if the text is another one. */
export function substitute(state: AppState, text: string): AppUpdate | undefined {
  const [, before, after] = substitution.exec(text) ?? [];
  if (before === undefined || after === undefined) return undefined;
  const item = targetOf(state, isText);
  if (!item) return rejected(state, nothingOfYours);
  const problem = editProblem(state, item);
  if (problem !== undefined) return rejected(state, problem);
  const [old, replacement] = [unescaped(before), unescaped(after)];
  const written = decodeText(item.message.content);
  if (!written.includes(old))
    return rejected(
      state,
      `That message does not contain “${sanitiseLine(old)}”. A space before s/ sends it.`,
    );
  const edited = written.replace(old, () => replacement);
  if (edited.trim() === '') return rejected(state, 'A message cannot be empty. /delete deletes it.');
  const tooLong = sizeProblem(encodeText(edited), state.session);
  if (tooLong !== undefined) return rejected(state, tooLong);
  const done = { ...state, composer: clearSent(state.composer) };
  return [done, [changing(state, { type: 'edit', target: item.message.sequence, text: edited })]];
}

function unescaped(text: string): string {
  return text.replace(/\\([/\\])/g, '$1');
}

const failures = { edit: 'Not edited', delete: 'Not deleted', react: 'No reaction' } as const;

/** Says why a message was not changed. An edit is in the composer again, or else Up recalls it. */
export function changeFailed(
  state: AppState,
  event: Extract<AppEvent, { type: 'change-failed' }>,
): AppUpdate {
  const { change, room, reason } = event;
  const text = `${failures[change.type]}: ${sanitiseLine(reason.message)}`;
  const notice = { tone: 'error' as const, text };
  if (change.type !== 'edit') return [{ ...state, notice }, []];
  const { target: sequence, text: typed } = change;
  const [kept] = inDraftOf(state, room, (there) => {
    const { composer } = there;
    const history = remember(composer.history, typed);
    const isFree = isEmptyDraft(composer) && composer.replyTo === undefined;
    if (!isFree) return [{ ...there, composer: { ...composer, history } }, []];
    return [{ ...there, composer: startEditing(composer, { sequence, timestamp: event.at }, typed) }, []];
  });
  const isShown = kept.room === room && kept.composer.editing?.sequence === sequence;
  return [{ ...kept, notice: isShown ? notice : { ...notice, text: `${text} · Up recalls the text` } }, []];
}

/** `editing 09:31 · Esc cancels`, `replying to ben · Esc cancels`; undefined for an ordinary draft. */
export function draftPurpose({ composer, session }: AppState): string | undefined {
  const { editing, replyTo } = composer;
  if (editing) return `editing ${formatTime(editing.timestamp)} · Esc cancels`;
  if (!replyTo) return undefined;
  const name = isSameName(replyTo.from, session?.user ?? '') ? 'yourself' : sanitiseLine(replyTo.from);
  return `replying to ${name} · Esc cancels`;
}
