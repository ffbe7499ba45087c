import type { AppState } from './app-state.js';
import { prepareAttachments } from './attachments.js';
import type { Submission } from './commands.js';
import { clearSent } from './composer/composer.js';
import type { AppUpdate } from './app-event.js';

/** Carries a slash command out. Attachments stay where they are: the command takes only the text's place. */
export function runCommand(
  state: AppState,
  { name, argument }: Extract<Submission, { type: 'command' }>,
): AppUpdate {
  const { attachments, preparing } = state.composer;
  const done = { ...state, composer: { ...clearSent(state.composer), attachments, preparing } };
  switch (name) {
    case 'help':
      return [{ ...done, help: { top: 0 } }, []];
    case 'image':
      return argument === ''
        ? [{ ...state, notice: 'Which file? /image PATH' }, []]
        : prepareAttachments(done, [argument]);
    case 'paste':
      return [done, [{ type: 'read-clipboard' }]];
    case 'reconnect':
      return [done, [{ type: 'reconnect' }]];
    case 'resend':
      return [done, [{ type: 'resend' }]];
    case 'quit':
      return [done, [{ type: 'quit' }]];
  }
}
