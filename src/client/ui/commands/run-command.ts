import { imageModes } from '../../images/graphics/graphics-protocol.js';
import type { Item } from '../../session/item.js';
import { itemAt, itemCount, type Conversation } from '../../session/state.js';
import { prepareAttachments, pasteClipboard } from '../attachments/attachments.js';
import { clearSent } from '../composer/composer.js';
import { withText } from '../composer/editor.js';
import { inDraftOf } from '../rooms/open-room.js';
import { openMentions, openSearch } from '../search/update-search.js';
import type { AppEffect, AppUpdate, TypedCommand } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { type CommandName, usageNotice } from './commands.js';
import { runMessageCommand } from './message-commands.js';
import { runPreferenceCommand } from './preference-commands.js';
import { runRoomCommand } from './room-commands.js';
import { runRoomSetting } from './room-settings.js';

/** Every command but `/me`, which is sent as a text. */
type RunnableCommand = { readonly name: Exclude<CommandName, 'me'>; readonly argument: string };

/** Runs a slash command and removes it from the draft; attachments stay. A command that fails, even later, stays. */
export function runCommand(state: AppState, command: RunnableCommand): AppUpdate {
  const typed: TypedCommand = { text: state.composer.editor.text, room: state.room };
  const [next, effects] = run(state, command);
  return [next, effects.map((effect) => (isFallible(effect) ? { ...effect, command: typed } : effect))];
}

/** Puts a command whose effect failed back where it was typed, unless the user is writing something else there by now. */
export function keepFailed(state: AppState, command: TypedCommand | undefined): AppState {
  if (command === undefined) return state;
  const { text, room } = command;
  const [kept] = inDraftOf(state, room, (there) => {
    const { composer } = there;
    if (composer.editor.text !== '') return [there, []];
    return [{ ...there, composer: { ...composer, editor: withText(composer.editor, text) } }, []];
  });
  return kept;
}

/** Without an effect nothing was done: the command stays. */
function unlessIdle({ composer }: AppState, [next, effects]: AppUpdate): AppUpdate {
  return effects.length > 0 ? [next, effects] : [{ ...next, composer }, []];
}

function isFallible({ type }: AppEffect): boolean {
  return ['open-image', 'save-image', 'read-clipboard', 'prepare-attachment', 'room-call'].includes(type);
}

function run(state: AppState, { name, argument }: RunnableCommand): AppUpdate {
  const { attachments, preparing, replyTo } = state.composer;
  const done = { ...state, composer: { ...clearSent(state.composer), attachments, preparing, replyTo } };
  switch (name) {
    case 'help':
      return [{ ...done, mode: { type: 'help', top: 0 } }, []];
    case 'image':
      return argument === ''
        ? [{ ...state, notice: { tone: 'error', text: usageNotice('image') } }, []]
        : unlessIdle(state, prepareAttachments(done, [argument]));
    case 'images':
      return chooseImages(state, done, argument);
    case 'open':
    case 'save':
      return runImageCommand(state, done, name, argument);
    case 'paste':
      return unlessIdle(state, pasteClipboard(done));
    case 'reconnect':
      return [done, [{ type: 'reconnect' }]];
    case 'resend':
      return [done, [{ type: 'resend' }]];
    case 'search':
      return openSearch(done, argument);
    case 'mentions':
      return unlessIdle(state, openMentions(done));
    case 'users':
      return [{ ...done, mode: { type: 'users', top: 0 } }, []];
    case 'edit':
    case 'delete':
    case 'react':
    case 'reply':
      return runMessageCommand(state, done, name, argument);
    case 'join':
    case 'leave':
    case 'create':
    case 'msg':
    case 'query':
    case 'topic':
    case 'rename':
    case 'archive':
    case 'unarchive':
    case 'rooms':
    case 'names':
    case 'invite':
    case 'kick':
      return runRoomCommand(state, done, name, argument);
    case 'notify':
    case 'mute':
    case 'pin':
    case 'hide':
    case 'read':
      return runRoomSetting(state, done, name, argument);
    case 'ignore':
    case 'unignore':
    case 'highlight':
    case 'bell':
    case 'theme':
    case 'markdown':
    case 'typing':
    case 'mouse':
    case 'clear':
      return runPreferenceCommand(state, done, name, argument);
    case 'quit':
      return quit(done);
  }
}

/** Quits; asks once if there are pending messages, which would be lost. */
export function quit(state: AppState): AppUpdate {
  const pending = pendingKeys(state);
  const newest = pending.at(-1);
  if (newest === undefined || newest === state.quitAskedFor) return [state, [{ type: 'quit' }]];
  const text = `${pendingText(pending.length)}. Quit again to leave without sending.`;
  return [{ ...state, quitAskedFor: newest, notice: { tone: 'warning', text } }, []];
}

/** The notice of a first Ctrl+C. */
export function interruptNotice(state: AppState): string {
  const { length } = pendingKeys(state);
  const question = 'press Ctrl+C again to quit';
  return length === 0 ? question : `${question}. ${pendingText(length)}`;
}

function pendingText(count: number): string {
  return count === 1 ? '1 message is not sent yet' : `${count} messages are not sent yet`;
}

function pendingKeys({ session }: AppState): string[] {
  return (session?.outbox.entries ?? [])
    .filter(({ item }) => item.delivery.type === 'sending')
    .map(({ item }) => item.key);
}

/** `/open [N]` and `/save [N] [PATH]`; `done` is the state without the command in the draft. */
function runImageCommand(
  state: AppState,
  done: AppState,
  name: 'open' | 'save',
  argument: string,
): AppUpdate {
  const [, digits, path = ''] = /^(?:#?(\d+)(?:\s+|$))?(.*)$/s.exec(argument) ?? [];
  if (name === 'open' && path !== '')
    return [{ ...state, notice: { tone: 'error', text: usageNotice('open') } }, []];
  const number = digits === undefined ? undefined : Number(digits);
  const item = state.session && newestImage(state.session, number);
  const action = name === 'open' ? 'open-image' : 'save-image';
  const effect = item && imageEffect(action, item, path === '' ? undefined : path);
  if (effect) return [done, [effect]];
  const text = digits ? `There is no image ${digits} here.` : 'There is no image here.';
  return [{ ...state, notice: { tone: 'error', text } }, []];
}

/** Opens or saves a message's image; undefined if it has none, or no number yet. */
export function imageEffect(
  action: 'open-image' | 'save-image',
  { imageNumber: number, message: { content } }: Item,
  path?: string,
): AppEffect | undefined {
  if (number === undefined) return undefined;
  return action === 'open-image'
    ? { type: action, number, content }
    : { type: action, number, content, path };
}

/** `/images MODE`; `done` is the state without the command in the draft. */
function chooseImages(state: AppState, done: AppState, argument: string): AppUpdate {
  const mode = imageModes.find((each) => each === argument);
  if (mode === undefined && argument !== '') {
    return [
      { ...state, notice: { tone: 'error', text: `/images takes one of ${imageModes.join(', ')}.` } },
      [],
    ];
  }
  return [done, [{ type: 'choose-images', mode }]];
}

/** The newest image with that number, or the newest of all. */
function newestImage(session: Conversation, number: number | undefined): Item | undefined {
  const isWanted = ({ imageNumber }: Item) =>
    imageNumber !== undefined && (number === undefined || imageNumber === number);
  for (let index = itemCount(session) - 1; index >= 0; index--) {
    const item = itemAt(session, index);
    if (item && isWanted(item)) return item;
  }
  return [...(session.excerpt?.items ?? [])].findLast(isWanted);
}
