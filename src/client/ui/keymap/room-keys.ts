import type { Binding } from './binding.js';

const news = 'next room with news: mentions, direct messages, others; then back to where you were';
const neighbourWithNews = 'room with news above, below in the list';
const neighbour = 'previous, next room';
const numbered = 'first room of the list; Alt+2 to Alt+9 go to the others';

/** The keys that go from room to room, and those of the list of rooms. */
export const roomBindings = [
  { keys: ['alt+a'], mode: 'conversation', action: 'next-news', help: news, category: 'Rooms' },
  {
    keys: ['alt+shift+up'],
    mode: 'conversation',
    action: 'news-above',
    help: neighbourWithNews,
    category: 'Rooms',
  },
  {
    keys: ['alt+shift+down'],
    mode: 'conversation',
    action: 'news-below',
    help: neighbourWithNews,
    category: 'Rooms',
  },
  { keys: ['ctrl+p'], mode: 'conversation', action: 'previous-room', help: neighbour, category: 'Rooms' },
  { keys: ['ctrl+n'], mode: 'conversation', action: 'next-room', help: neighbour, category: 'Rooms' },
  { keys: ['alt+1'], mode: 'conversation', action: 'room-1', help: numbered, category: 'Rooms' },
  { keys: ['alt+2'], mode: 'conversation', action: 'room-2', category: 'Rooms' },
  { keys: ['alt+3'], mode: 'conversation', action: 'room-3', category: 'Rooms' },
  { keys: ['alt+4'], mode: 'conversation', action: 'room-4', category: 'Rooms' },
  { keys: ['alt+5'], mode: 'conversation', action: 'room-5', category: 'Rooms' },
  { keys: ['alt+6'], mode: 'conversation', action: 'room-6', category: 'Rooms' },
  { keys: ['alt+7'], mode: 'conversation', action: 'room-7', category: 'Rooms' },
  { keys: ['alt+8'], mode: 'conversation', action: 'room-8', category: 'Rooms' },
  { keys: ['alt+9'], mode: 'conversation', action: 'room-9', category: 'Rooms' },
  { keys: ['alt+s'], mode: 'conversation', action: 'last-room', help: 'room before', category: 'Rooms' },
  { keys: ['alt+l'], mode: 'conversation', action: 'mark-read', help: 'mark as read', category: 'Rooms' },
  {
    keys: ['ctrl+g'],
    mode: 'conversation',
    action: 'switch-room',
    help: 'go to a room by a part of its name (Ctrl+K too, on an empty draft)',
    category: 'Rooms',
  },
  { keys: ['ctrl+k'], mode: 'conversation', action: 'switch-room-if-empty', category: 'Rooms' },
  {
    keys: ['f2'],
    mode: 'conversation',
    action: 'room-list',
    help: 'show or hide the room list',
    category: 'Rooms',
  },

  { keys: ['enter'], mode: 'rooms', action: 'open', hint: 'go there', category: 'Rooms' },
  {
    keys: ['up'],
    aliases: ['ctrl+p', 'shift+tab'],
    mode: 'rooms',
    action: 'previous',
    hint: 'choose',
    category: 'Rooms',
  },
  {
    keys: ['down'],
    aliases: ['ctrl+n', 'tab'],
    mode: 'rooms',
    action: 'next',
    hint: 'choose',
    category: 'Rooms',
  },
  { keys: ['pageup'], mode: 'rooms', action: 'page-up', category: 'Rooms' },
  { keys: ['pagedown'], mode: 'rooms', action: 'page-down', category: 'Rooms' },
  {
    keys: ['escape'],
    aliases: ['f2', 'ctrl+g'],
    mode: 'rooms',
    action: 'close',
    hint: 'back',
    category: 'Rooms',
  },
] as const satisfies readonly Binding[];
