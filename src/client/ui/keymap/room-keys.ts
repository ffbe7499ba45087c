import type { Binding } from './binding.js';

/** The keys that go to another room, and those of the list of rooms. */
export const roomBindings = [
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
