import { encodeText } from '../../../shared/text.js';
import { contentType } from '../../../shared/message.js';
import { formatByteSize } from '../../../shared/byte-size.js';
import type { AppEffect, AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { parseSubmission } from '../commands/commands.js';
import { clearSent } from '../composer/composer.js';
import { runCommand } from '../commands/run-command.js';
import { stillReading } from '../attachments/paste.js';
import { newest } from '../state/reading.js';

/** Enter: a command is carried out; pictures go out in order, then the text. */
export function submit(state: AppState): AppUpdate {
  const { editor, attachments, preparing } = state.composer;
  const submission = parseSubmission(editor.text);
  if (submission.type === 'command' && submission.name !== 'me') {
    return runCommand(state, { name: submission.name, argument: submission.argument });
  }
  if (submission.type === 'unknown-command') {
    return [{ ...state, notice: `Unknown command /${submission.word}. F1 lists them.` }, []];
  }
  if (state.readsClipboard) return [{ ...state, notice: stillReading }, []];
  if (preparing > 0) return [{ ...state, notice: 'One moment: the image is being prepared.' }, []];
  if (submission.type === 'command' && submission.argument.trim() === '') {
    return [{ ...state, notice: 'What do you do? /me TEXT' }, []];
  }
  // The protocol has no actions: the words say it to every client.
  const said =
    submission.type === 'text' ? submission.text : `* ${state.session?.user ?? ''} ${submission.argument}`;
  // What was copied by lines ends in a line break that nobody means.
  const words = said.replace(/[\r\n]+$/, '');
  const text = encodeText(words);
  const limit = state.session?.limits.maxText ?? Infinity;
  if (text.length > limit) {
    const sizes = `${formatByteSize(text.length)}, the limit is ${formatByteSize(limit)}`;
    return [{ ...state, notice: `The text has ${sizes}: shorten it, or send it in parts.` }, []];
  }
  const isBlank = words.trim() === '';
  if (isBlank && attachments.length === 0) return [state, []];
  const effects: AppEffect[] = attachments.map(({ png }) => ({
    type: 'submit',
    contentType: contentType.image,
    content: png,
  }));
  if (!isBlank) effects.push({ type: 'submit', contentType: contentType.text, content: text });
  return [
    {
      ...state,
      composer: clearSent(state.composer),
      viewport: newest,
      seenKey: undefined,
      foundKey: undefined,
      sought: undefined,
      unreadKey: undefined,
      unread: 0,
    },
    effects,
  ];
}
