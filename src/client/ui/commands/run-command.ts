import { chooseImages, runImageCommand } from './image-commands.js';
import type { AppState } from '../state/app-state.js';
import { prepareAttachments } from '../attachments/attachments.js';
import { type CommandName, usageNotice } from './commands.js';
import { clearSent } from '../composer/composer.js';
import type { AppUpdate } from '../state/app-event.js';
import { pasteClipboard } from '../attachments/paste.js';
import { runPreferenceCommand } from './preference-commands.js';
import { quit } from './quit.js';
import { openSearch } from '../search/update-search.js';

/** Every command but `/me`, which is sent as a text. */
export type RunnableCommand = { readonly name: Exclude<CommandName, 'me'>; readonly argument: string };

/** Runs a slash command and removes it from the draft; attachments stay. */
export function runCommand(state: AppState, { name, argument }: RunnableCommand): AppUpdate {
  const { attachments, preparing } = state.composer;
  const done = { ...state, composer: { ...clearSent(state.composer), attachments, preparing } };
  switch (name) {
    case 'help':
      return [{ ...done, mode: { type: 'help', top: 0 } }, []];
    case 'image':
      return argument === ''
        ? [{ ...state, notice: usageNotice('image') }, []]
        : prepareAttachments(done, [argument]);
    case 'images':
      return chooseImages(state, done, argument);
    case 'open':
    case 'save':
      return runImageCommand(state, done, name, argument);
    case 'paste':
      return pasteClipboard(done);
    case 'reconnect':
      return [done, [{ type: 'reconnect' }]];
    case 'resend':
      return [done, [{ type: 'resend' }]];
    case 'search':
      return openSearch(done, argument);
    case 'users':
      return [{ ...done, mode: { type: 'users', top: 0 } }, []];
    case 'ignore':
    case 'unignore':
    case 'highlight':
    case 'bell':
    case 'theme':
    case 'markdown':
    case 'clear':
      return runPreferenceCommand(state, done, name, argument);
    case 'quit':
      return quit(done);
  }
}
