import { helpSections } from '../src/client/ui/dialogs/help.js';

/** `docs/keys.md`: the keys and commands as F1 shows them. Written by `npm run docs:keys`. */
export function keysDocument(): string {
  return [
    '# Keys and commands',
    '',
    'What F1 shows in `chat connect`. This page is written by `npm run docs:keys`.',
    ...helpSections.flatMap(([heading, lines]) => section(heading, lines)),
    '',
    'A text that starts with a slash is sent with two: `//text`. An unknown command is an error and is never sent.',
    '',
  ].join('\n');
}

function section(title: string, lines: readonly (readonly [name: string, help: string])[]): string[] {
  return ['', `## ${title}`, '', ...lines.map(([name, help]) => `- \`${name}\`: ${help}`)];
}
