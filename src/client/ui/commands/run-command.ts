import { chooseImages, runImageCommand } from './image-commands.js';
import type { AppState } from '../state/app-state.js';
import { prepareAttachments } from '../attachments/attachments.js';
import { type CommandName, usageNotice } from './commands.js';
import { clearSent } from '../composer/composer.js';
import { withText } from '../composer/editor.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import { pasteClipboard } from '../attachments/paste.js';
import { runPreferenceCommand } from './preference-commands.js';
import { quit } from './quit.js';
import { openSearch } from '../search/update-search.js';

/** Every command but `/me`, which is sent as a text. */
export type RunnableCommand = { readonly name: Exclude<CommandName, 'me'>; readonly argument: string };

/** Runs a slash command and removes it from the draft; attachments stay. A command that fails, even later, stays. */
export function runCommand(state: AppState, command: RunnableCommand): AppUpdate {
  const { text } = state.composer.editor;
  const [next, effects] = run(state, command);
  return [next, effects.map((effect) => (isFallible(effect) ? { ...effect, command: text } : effect))];
}

/** Puts back a command whose effect failed, unless the user is writing something else by now. */
export function keepFailed(state: AppState, command: string | undefined): AppState {
  const { composer } = state;
  if (command === undefined || composer.editor.text !== '') return state;
  return { ...state, composer: { ...composer, editor: withText(composer.editor, command) } };
}

/** Without an effect nothing was done: the command stays. */
function unlessIdle({ composer }: AppState, [next, effects]: AppUpdate): AppUpdate {
  return effects.length > 0 ? [next, effects] : [{ ...next, composer }, []];
}

function isFallible({ type }: AppEffect): boolean {
  return ['open-image', 'save-image', 'read-clipboard', 'prepare-attachment'].includes(type);
}

function run(state: AppState, { name, argument }: RunnableCommand): AppUpdate {
  const { attachments, preparing } = state.composer;
  const done = { ...state, composer: { ...clearSent(state.composer), attachments, preparing } };
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
    case 'users':
      return [{ ...done, mode: { type: 'users', top: 0 } }, []];
    case 'ignore':
    case 'unignore':
    case 'highlight':
    case 'bell':
    case 'theme':
    case 'markdown':
    case 'mouse':
    case 'clear':
      return runPreferenceCommand(state, done, name, argument);
    case 'quit':
      return quit(done);
  }
}
