import { commands } from '../src/client/ui/commands/commands.js';
import { keyHelp } from '../src/client/ui/dialogs/help.js';

/** `docs/keys.md`: the keys and commands as F1 shows them. Written by `npm run docs:keys`. */
export function keysDocument(): string {
  return [
    '# Keys and commands',
    '',
    'What F1 shows in `chat connect`. This page is written by `npm run docs:keys`.',
    '',
    '## Keys',
    '',
    ...keyHelp.map(([keys, does]) => `- \`${keys}\`: ${does}`),
    '',
    '## Commands',
    '',
    ...commands.map(({ usage, does }) => `- \`${usage}\`: ${does}`),
    '',
    'A text that starts with a slash is sent with two: `//text`. An unknown command is an error and is never sent.',
    '',
  ].join('\n');
}
