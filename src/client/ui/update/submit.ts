import { contentType } from '../../../shared/message.js';
import { encodeText } from '../../../shared/text.js';
import { closestName } from '../../connection/find-room.js';
import { clipboardPendingNotice } from '../attachments/attachments.js';
import { commands, parseSubmission, usageNotice } from '../commands/commands.js';
import { submitEdit, substitute } from '../commands/message-commands.js';
import { sizeProblem } from '../commands/room-commands.js';
import { runCommand } from '../commands/run-command.js';
import { clearSent } from '../composer/composer.js';
import { catchUp } from '../conversation/reading.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';

/** Enter: runs a command, or sends the attachments in order and then the text. */
export function submit(state: AppState): AppUpdate {
  const { editor, attachments, preparing } = state.composer;
  const { editing, replyTo } = state.composer;
  if (editing) return submitEdit(state, editing);
  const substituted = substitute(state, editor.text);
  if (substituted) return substituted;
  const submission = parseSubmission(editor.text);
  if (submission.type === 'command' && submission.name !== 'me') {
    return runCommand(state, { name: submission.name, argument: submission.argument });
  }
  const reject = (text: string): AppUpdate => [{ ...state, notice: { tone: 'error', text } }, []];
  if (submission.type === 'unknown-command') {
    const closest = closestName(
      submission.word,
      commands.map(({ name }) => name),
    );
    const hint = closest === undefined ? 'F1 lists them.' : `Did you mean /${closest}?`;
    return reject(`Unknown command /${submission.word}. ${hint}`);
  }
  if (state.clipboardPending) return [{ ...state, notice: clipboardPendingNotice }, []];
  if (preparing > 0) return [{ ...state, notice: 'One moment: the image is being prepared.' }, []];
  if (submission.type === 'command' && submission.argument.trim() === '') return reject(usageNotice('me'));
  // The protocol has no actions, but every client can show a text.
  const written =
    submission.type === 'text' ? submission.text : `* ${state.session?.user ?? ''} ${submission.argument}`;
  // Copied lines often end in unintended line breaks.
  const trimmed = written.replace(/[\r\n]+$/, '');
  const text = encodeText(trimmed);
  const problem = sizeProblem(text, state.session);
  if (problem !== undefined) return reject(problem);
  const isBlank = trimmed.trim() === '';
  if (isBlank && attachments.length === 0) return [state, []];
  const effects: AppEffect[] = attachments.map(({ png }) => ({
    type: 'submit',
    contentType: contentType.image,
    content: png,
    room: state.room,
  }));
  if (!isBlank)
    effects.push({ type: 'submit', contentType: contentType.text, content: text, room: state.room });
  // The first message is the reply.
  if (replyTo && effects[0]?.type === 'submit') effects[0] = { ...effects[0], replyTo: replyTo.sequence };
  return [catchUp({ ...state, composer: clearSent(state.composer) }), effects];
}
