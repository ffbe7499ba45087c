import { imageModes } from '../../images/graphics/graphics-protocol.js';
import {
  bellModes,
  markdownModes,
  mouseModes,
  notifyLevels,
  themeModes,
  typingModes,
} from '../state/preferences.js';

/** A slash command. */
export type Command = {
  readonly name: string;
  /** As shown in the help; without it, the values. */
  readonly argument?: string;
  /** All arguments, if there are only these. */
  readonly values?: readonly string[];
  /** What Tab completes as the argument; by default names. */
  readonly completes?: 'names' | 'ignored' | 'rooms' | 'images' | 'folders';
  readonly help: string;
};

/** The slash commands, in the order of the help. `run-command.ts` runs them. */
export const commands = [
  { name: 'help', help: 'keys and commands (F1)' },
  { name: 'image', argument: 'PATH', completes: 'images', help: 'attach an image file' },
  {
    name: 'images',
    argument: '[MODE]',
    values: imageModes,
    help: `how images are shown: ${imageModes.join(', ')}`,
  },
  { name: 'open', argument: '[N]', help: 'open image N, or the newest one, in a window' },
  {
    name: 'save',
    argument: '[N] [PATH]',
    completes: 'folders',
    help: 'save image N, or the newest one, to a file',
  },
  { name: 'paste', help: 'attach the image in the clipboard (Ctrl+V)' },
  { name: 'reconnect', help: 'connect now' },
  { name: 'resend', help: 'send failed messages again' },
  { name: 'me', argument: 'TEXT', help: 'say what you do: * NAME TEXT' },
  { name: 'reply', help: 'reply to the selected message, or to your last one' },
  { name: 'edit', help: 'edit it; s/old/new/ replaces a part of it' },
  { name: 'delete', help: 'delete it' },
  { name: 'react', argument: '[NAME]', help: 'react to it with an emoji, or take that back' },
  { name: 'search', argument: 'TEXT', help: 'find messages (Ctrl+F)' },
  { name: 'users', help: 'who is online' },
  { name: 'rooms', help: 'the open rooms: Enter joins one' },
  {
    name: 'join',
    argument: '#ROOM',
    completes: 'rooms',
    help: 'open a room; if you are no member of it, become one',
  },
  { name: 'leave', argument: '[#ROOM]', completes: 'rooms', help: 'end your membership of this room' },
  { name: 'create', argument: 'ROOM [closed]', help: 'create a room; closed: for those you invite' },
  {
    name: 'msg',
    argument: 'NAME [TEXT]',
    completes: 'names',
    help: 'write to NAME, or to NAME,NAME, in a direct room',
  },
  { name: 'query', argument: 'NAME', completes: 'names', help: 'open the direct room with NAME' },
  { name: 'mentions', help: 'the messages that mention you, in all rooms' },
  { name: 'names', help: 'the members of this room' },
  { name: 'invite', argument: 'NAME', completes: 'names', help: 'make NAME a member of this room' },
  { name: 'kick', argument: 'NAME', completes: 'names', help: 'end the membership of NAME' },
  { name: 'topic', argument: '[TEXT]', help: 'show or set the topic of this room; "" removes it' },
  { name: 'rename', argument: 'ROOM', help: 'rename this room' },
  {
    name: 'archive',
    argument: '[#ROOM]',
    completes: 'rooms',
    help: 'make this room read-only',
  },
  { name: 'unarchive', argument: '[#ROOM]', completes: 'rooms', help: 'open an archived room again' },
  {
    name: 'notify',
    values: notifyLevels,
    help: 'which messages of this room notify you; default: as /bell says',
  },
  {
    name: 'mute',
    argument: '[2h|off]',
    values: ['30m', '2h', '1d', 'off'],
    help: 'no news of this room, for a time or until /mute off',
  },
  { name: 'pin', help: 'list this room first; repeat to undo' },
  { name: 'hide', help: 'list this room again only with its next message' },
  { name: 'read', argument: '[all]', values: ['all'], help: 'mark this room, or all rooms, as read (Alt+L)' },
  { name: 'ignore', argument: 'NAME', completes: 'names', help: 'hide the messages of NAME' },
  { name: 'unignore', argument: 'NAME', completes: 'ignored', help: 'show them again' },
  {
    name: 'highlight',
    argument: 'WORD',
    completes: 'names',
    help: 'also treat WORD as a mention; repeat to undo',
  },
  { name: 'bell', values: bellModes, help: 'which messages ring the bell and notify you' },
  { name: 'theme', values: themeModes, help: 'colours for that background; auto asks the terminal' },
  {
    name: 'markdown',
    values: markdownModes,
    help: 'show Markdown as formatting, or as it was typed',
  },
  { name: 'typing', values: typingModes, help: 'whether you see who types a message, and others see you' },
  {
    name: 'mouse',
    values: mouseModes,
    help: 'on: the wheel scrolls, Shift+drag selects; off: the terminal has the mouse',
  },
  { name: 'clear', help: 'clear the screen (PgUp brings the messages back)' },
  { name: 'quit', help: 'leave (Ctrl+D)' },
] as const satisfies readonly Command[];

/** The name of a slash command. */
export type CommandName = (typeof commands)[number]['name'];

/** The usage and help text of each command. */
export const commandHelp: readonly (readonly [usage: string, help: string])[] = commands.map((command) => [
  usageOf(command),
  command.help,
]);

export function usageNotice(name: CommandName): string {
  const command = commands.find((known) => known.name === name);
  return `Usage: ${command ? usageOf(command) : `/${name}`}`;
}

export function usageOf({ name, values, argument = values?.join('|') }: Command): string {
  return argument === undefined ? `/${name}` : `/${name} ${argument}`;
}

/** The meaning of a draft. */
export type Submission =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'command'; readonly name: CommandName; readonly argument: string }
  | { readonly type: 'unknown-command'; readonly word: string };

/** Reads a draft: `/name argument` is a command, `//` a literal slash, the rest text. */
export function parseSubmission(draft: string): Submission {
  if (draft.startsWith('//')) return { type: 'text', text: draft.slice(1) };
  const match = /^\/(\S*)\s?([\s\S]*)$/.exec(draft);
  if (!match) return { type: 'text', text: draft };
  const [, word = '', argument = ''] = match;
  const known = commands.find(({ name }) => name === word);
  if (!known) return { type: 'unknown-command', word };
  // The argument of `/me` is a message: it is sent as written.
  return { type: 'command', name: known.name, argument: known.name === 'me' ? argument : argument.trim() };
}
