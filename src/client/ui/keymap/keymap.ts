import { type Binding, type KeyMode, keysOf } from './binding.js';
import { editingBindings } from './editing-keys.js';
import { roomBindings } from './room-keys.js';

const recall = 'move up, down; past the first or last row: recall what you sent';
const complete = 'complete a name or a command; repeat for the next one';
const scroll = 'scroll (also the wheel); at the top: load older messages';
const ends = 'oldest, newest message';
const hit = 'older, newer message that was found, until Esc';
const selectOther = 'select another one; also PgUp, PgDn, Home, End';
const unread = 'mark as unread from here';
const chooseHit = 'choose a message';
const mention = 'previous, next mention of you';

/** All keys of the full-screen client, in the order of the help. */
export const bindings = [
  {
    keys: ['enter'],
    mode: 'conversation',
    action: 'submit',
    help: 'send',
    hint: 'send',
    category: 'Writing',
  },
  {
    // The first one is in the hints: xterm, Windows Terminal and mintty keep Alt+Enter for the full screen.
    keys: ['ctrl+j', 'alt+enter', 'shift+enter'],
    mode: 'conversation',
    action: 'new-line',
    help: 'new line',
    hint: 'new line',
    category: 'Writing',
  },
  { keys: ['tab'], mode: 'conversation', action: 'complete', help: complete, category: 'Writing' },
  { keys: ['shift+tab'], mode: 'conversation', action: 'complete-back', help: complete, category: 'Writing' },
  {
    keys: ['ctrl+v', 'alt+v'],
    mode: 'conversation',
    action: 'paste',
    help: 'paste an image or text from the clipboard',
    hint: 'paste image',
    category: 'Images',
  },
  { keys: ['up'], mode: 'conversation', action: 'line-up', help: recall, category: 'Writing' },
  { keys: ['down'], mode: 'conversation', action: 'line-down', help: recall, category: 'Writing' },
  {
    keys: ['ctrl+r'],
    mode: 'conversation',
    action: 'search-history',
    help: 'search what you sent',
    category: 'Writing',
  },
  ...editingBindings,
  { keys: ['ctrl+x'], mode: 'prefix', action: 'start', category: 'Writing' },
  {
    keys: ['ctrl+e'],
    mode: 'prefix',
    action: 'open-editor',
    help: 'write in your editor ($VISUAL, $EDITOR, else the usual one)',
    category: 'Writing',
  },

  {
    keys: ['pageup'],
    mode: 'conversation',
    action: 'page-up',
    help: scroll,
    hint: 'scroll',
    category: 'Reading',
  },
  { keys: ['pagedown'], mode: 'conversation', action: 'page-down', help: scroll, category: 'Reading' },
  {
    keys: ['ctrl+home'],
    aliases: ['alt+home'],
    mode: 'conversation',
    action: 'oldest',
    help: ends,
    category: 'Reading',
  },
  {
    keys: ['ctrl+end'],
    aliases: ['alt+end'],
    mode: 'conversation',
    action: 'newest',
    help: ends,
    category: 'Reading',
  },
  { keys: ['end'], mode: 'conversation', action: 'newest-if-empty', category: 'Reading' },
  {
    keys: ['alt+u'],
    mode: 'conversation',
    action: 'first-unread',
    help: 'first unread message',
    category: 'Reading',
  },
  { keys: ['alt+p'], mode: 'conversation', action: 'previous-mention', help: mention, category: 'Reading' },
  { keys: ['alt+n'], mode: 'conversation', action: 'next-mention', help: mention, category: 'Reading' },
  { keys: ['ctrl+f'], mode: 'conversation', action: 'search', help: 'find messages', category: 'Search' },
  { keys: ['f3'], mode: 'conversation', action: 'older-hit', help: hit, category: 'Search' },
  { keys: ['shift+f3', 'f4'], mode: 'conversation', action: 'newer-hit', help: hit, category: 'Search' },
  {
    keys: ['alt+up'],
    mode: 'conversation',
    action: 'select',
    help: 'select a message',
    category: 'Selection',
  },
  ...roomBindings,

  {
    keys: ['escape'],
    mode: 'conversation',
    action: 'drop-attachment',
    help: 'remove the last attached image',
    category: 'Images',
  },
  { keys: ['f1'], mode: 'conversation', action: 'help', help: 'this help', category: 'Program' },
  { keys: ['ctrl+l'], mode: 'always', action: 'redraw', help: 'redraw the screen', category: 'Program' },
  { keys: ['ctrl+z'], mode: 'always', action: 'suspend', help: 'suspend; fg resumes', category: 'Program' },
  {
    keys: ['ctrl+c'],
    mode: 'always',
    action: 'interrupt',
    help: 'clear the draft; twice: quit',
    hint: 'twice to quit',
    category: 'Program',
  },
  {
    keys: ['ctrl+d'],
    mode: 'conversation',
    action: 'quit-if-empty',
    help: 'quit, on an empty draft',
    category: 'Program',
  },

  {
    keys: ['up'],
    aliases: ['alt+up'],
    mode: 'selection',
    action: 'previous',
    help: selectOther,
    hint: 'select',
    category: 'Selection',
  },
  {
    keys: ['down'],
    aliases: ['alt+down'],
    mode: 'selection',
    action: 'next',
    help: selectOther,
    hint: 'select',
    category: 'Selection',
  },
  { keys: ['home'], mode: 'selection', action: 'oldest', category: 'Selection' },
  { keys: ['end'], mode: 'selection', action: 'newest', category: 'Selection' },
  { keys: ['pageup'], mode: 'selection', action: 'page-up', category: 'Selection' },
  { keys: ['pagedown'], mode: 'selection', action: 'page-down', category: 'Selection' },
  { keys: ['u'], mode: 'selection', action: 'mark-unread', help: unread, category: 'Selection' },
  {
    keys: ['y'],
    mode: 'selection',
    action: 'copy',
    help: 'copy its text; again: each link and code block',
    hint: 'copy',
    category: 'Selection',
  },
  {
    keys: ['o'],
    mode: 'selection',
    action: 'open-image',
    help: 'open its image',
    hint: 'open',
    category: 'Selection',
  },
  {
    keys: ['s'],
    mode: 'selection',
    action: 'save-image',
    help: 'save its image',
    hint: 'save',
    category: 'Selection',
  },
  {
    keys: ['r'],
    mode: 'selection',
    action: 'resend',
    help: 'send a failed message again',
    hint: 'send again',
    category: 'Selection',
  },
  {
    keys: ['escape'],
    mode: 'selection',
    action: 'close',
    help: 'end the selection',
    hint: 'back',
    category: 'Selection',
  },

  { keys: ['ctrl+r'], mode: 'history-search', action: 'older', hint: 'older', category: 'Writing' },
  { keys: ['enter'], mode: 'history-search', action: 'accept', hint: 'accept', category: 'Writing' },
  {
    keys: ['escape'],
    aliases: ['ctrl+g'],
    mode: 'history-search',
    action: 'cancel',
    hint: 'cancel',
    category: 'Writing',
  },
  { keys: ['backspace'], mode: 'history-search', action: 'delete-left', category: 'Writing' },

  { keys: ['up'], mode: 'text-dialog', action: 'line-up', hint: 'scroll', category: 'Reading' },
  { keys: ['down'], mode: 'text-dialog', action: 'line-down', hint: 'scroll', category: 'Reading' },
  { keys: ['pageup'], mode: 'text-dialog', action: 'page-up', hint: 'scroll', category: 'Reading' },
  { keys: ['pagedown'], mode: 'text-dialog', action: 'page-down', hint: 'scroll', category: 'Reading' },
  {
    keys: ['escape'],
    aliases: ['f1', 'enter'],
    mode: 'text-dialog',
    action: 'close',
    help: 'close this help',
    hint: 'close',
    category: 'Program',
  },

  {
    keys: ['enter'],
    mode: 'search',
    action: 'search-or-open',
    help: 'search; then go to the chosen message',
    hint: 'search, then go to the message',
    category: 'Search',
  },
  {
    keys: ['up'],
    aliases: ['ctrl+p'],
    mode: 'search',
    action: 'previous',
    help: chooseHit,
    hint: 'choose',
    category: 'Search',
  },
  {
    keys: ['down'],
    aliases: ['ctrl+n'],
    mode: 'search',
    action: 'next',
    help: chooseHit,
    hint: 'choose',
    category: 'Search',
  },
  { keys: ['pageup'], mode: 'search', action: 'page-up', category: 'Search' },
  { keys: ['pagedown'], mode: 'search', action: 'page-down', category: 'Search' },
  {
    keys: ['escape'],
    mode: 'search',
    action: 'close',
    help: 'close the search',
    hint: 'close',
    category: 'Search',
  },

  { keys: ['enter'], mode: 'login', action: 'submit', hint: 'log in', category: 'Program' },
  {
    keys: ['tab'],
    aliases: ['down'],
    mode: 'login',
    action: 'next-field',
    hint: 'next field',
    category: 'Program',
  },
  { keys: ['shift+tab'], aliases: ['up'], mode: 'login', action: 'previous-field', category: 'Program' },
  { keys: ['ctrl+d'], mode: 'login', action: 'quit', category: 'Program' },
  { keys: ['enter'], mode: 'opened-login', action: 'continue', hint: 'continue', category: 'Program' },
  { keys: ['tab'], mode: 'opened-login', action: 'continue', category: 'Program' },

  { keys: ['y'], mode: 'trust-question', action: 'trust', hint: 'trust it', category: 'Program' },
  {
    keys: ['n'],
    aliases: ['escape'],
    mode: 'trust-question',
    action: 'reject',
    hint: 'do not',
    category: 'Program',
  },
] as const satisfies readonly Binding[];

type BindingIn<Where extends KeyMode> = Extract<(typeof bindings)[number], { readonly mode: Where }>;

/** The actions of the keys of a mode. */
export type ActionIn<Where extends KeyMode> = BindingIn<Where>['action'];

/** The action of a key in a mode, if it has one. */
export function actionFor<Where extends KeyMode>(mode: Where, key: string): ActionIn<Where> | undefined {
  const binding: Binding | undefined = bindings.find(
    (candidate) => candidate.mode === mode && keysOf(candidate).includes(key),
  );
  // TypeScript does not narrow a union by a generic property.
  return binding?.action as ActionIn<Where> | undefined;
}
