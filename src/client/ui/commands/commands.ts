import { imageModes } from '../../images/graphics/graphics-protocol.js';
import { bellModes, themeModes } from '../preferences.js';

/** A command as F1 lists it. */
export type CommandHelp = {
  readonly name: string;
  readonly usage: string;
  readonly does: string;
  /** What may stand behind it, where that is settled. */
  readonly values?: readonly string[];
};

/** The slash commands. `run-command.ts` carries them out. */
export const commands = [
  { name: 'help', usage: '/help', does: 'keys and commands (F1)' },
  { name: 'image', usage: '/image PATH', does: 'attach an image file' },
  {
    name: 'images',
    usage: '/images [MODE]',
    does: 'how pictures are shown: auto, kitty, iterm2, sixel, blocks, off',
    values: imageModes,
  },
  { name: 'open', usage: '/open N', does: 'show image N in a window of its own' },
  { name: 'save', usage: '/save N [PATH]', does: 'save image N to a file' },
  { name: 'paste', usage: '/paste', does: 'attach the image of the clipboard (Ctrl+V)' },
  { name: 'reconnect', usage: '/reconnect', does: 'try the server now' },
  { name: 'resend', usage: '/resend', does: 'send failed messages again' },
  { name: 'me', usage: '/me TEXT', does: 'say what you do: * NAME TEXT' },
  { name: 'search', usage: '/search TEXT', does: 'find messages (Ctrl+F)' },
  { name: 'users', usage: '/users', does: 'who is online' },
  { name: 'ignore', usage: '/ignore NAME', does: 'show no messages of NAME' },
  { name: 'unignore', usage: '/unignore NAME', does: 'show them again' },
  { name: 'highlight', usage: '/highlight WORD', does: 'WORD counts as a mention of you; again: no more' },
  {
    name: 'bell',
    usage: '/bell off|mentions|all',
    does: 'when bell and notification call you',
    values: bellModes,
  },
  {
    name: 'theme',
    usage: '/theme auto|light|dark',
    does: 'colours for that background; auto asks the terminal',
    values: themeModes,
  },
  { name: 'clear', usage: '/clear', does: 'clear the screen (PgUp shows it again)' },
  { name: 'quit', usage: '/quit', does: 'leave (Ctrl+D)' },
] as const satisfies readonly CommandHelp[];

/** The name of a command. */
export type CommandName = (typeof commands)[number]['name'];

/** What a draft asks for. */
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
  // What `/me` says is a message: nothing of it is altered.
  return { type: 'command', name: known.name, argument: known.name === 'me' ? argument : argument.trim() };
}
