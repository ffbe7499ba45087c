import { encodeText } from '../../../shared/text.js';
import { contentType } from '../../../shared/message.js';
import { formatByteSize } from '../../../shared/byte-size.js';
import { pathReadings } from '../../clipboard/pasted-path.js';
import { sanitiseText } from '../../terminal/sanitise.js';
import type { TerminalInput } from '../../terminal/terminal-input.js';
import type { AppEffect, AppUpdate } from '../app-event.js';
import type { AppState } from '../app-state.js';
import { dropLastAttachment } from '../attachments.js';
import { parseSubmission } from '../commands.js';
import { clearSent, isEmptyDraft, pressEditingKey, typeText } from '../composer/composer.js';
import { runCommand } from '../run-command.js';
import { newestKey } from './update-reading.js';
import { newest, type RowSource, scrollBy, scrollToOldest, topOf, type Viewport } from './viewport.js';

/** The message list as it is laid out now, and the rows that its area has. */
export type ListView = { readonly source: RowSource; readonly height: number };

/** Puts pasted or typed text into the draft, cleaned of everything that could drive a terminal. */
export function typeCleaned(state: AppState, text: string): AppState {
  return { ...state, composer: typeText(state.composer, sanitiseText(text)) };
}

/** What a key, text or paste does in the conversation. */
export function updateConversation(
  state: AppState,
  input: Exclude<TerminalInput, { type: 'reply' | 'focus' }>,
  view: ListView,
): AppUpdate {
  if (input.type === 'text') return [typeCleaned({ ...state, help: undefined }, input.text), []];
  if (input.type === 'paste') return updatePaste({ ...state, help: undefined }, input.text);
  if (state.help) return [updateHelp(state, state.help.top, input.key, view), []];
  return (
    updateScroll(state, input.key, view) ??
    updateAction(state, input.key) ?? [
      { ...state, composer: pressEditingKey(state.composer, input.key) ?? state.composer },
      [],
    ]
  );
}

/** An empty paste is how some terminals say that the clipboard holds an image. */
function updatePaste(state: AppState, text: string): AppUpdate {
  if (text === '') return [state, [{ type: 'read-clipboard' }]];
  // Where home is does not matter for whether it looks like a path.
  const maybePath = pathReadings(text, '/').length > 0;
  return maybePath ? [state, [{ type: 'find-pasted-images', text }]] : [typeCleaned(state, text), []];
}

function updateAction(state: AppState, key: string): AppUpdate | undefined {
  switch (key) {
    case 'enter':
      return submit(state);
    case 'ctrl+v':
    case 'alt+v':
      return [state, [{ type: 'read-clipboard' }]];
    case 'f1':
      return [{ ...state, help: { top: 0 } }, []];
    case 'escape':
      return [dropLastAttachment(state), []];
    case 'ctrl+d':
      // On a draft it deletes to the right, as readline does.
      return isEmptyDraft(state.composer)
        ? [state, [{ type: 'quit' }]]
        : [{ ...state, composer: pressEditingKey(state.composer, 'delete') ?? state.composer }, []];
    default:
      return undefined;
  }
}

/** Enter: a command is carried out; pictures go out in order, then the text. */
function submit(state: AppState): AppUpdate {
  const { editor, attachments, preparing } = state.composer;
  const submission = parseSubmission(editor.text);
  if (submission.type === 'command') return runCommand(state, submission);
  if (submission.type === 'unknown-command') {
    return [{ ...state, notice: `Unknown command /${submission.word}. F1 lists them.` }, []];
  }
  if (preparing > 0) return [{ ...state, notice: 'One moment: the image is being prepared.' }, []];
  const text = encodeText(submission.text);
  const limit = state.session?.limits.maxText ?? Infinity;
  if (text.length > limit) {
    const sizes = `${formatByteSize(text.length)}, the limit is ${formatByteSize(limit)}`;
    return [{ ...state, notice: `The text has ${sizes}: shorten it, or send it in parts.` }, []];
  }
  const isBlank = submission.text.trim() === '';
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
      unreadKey: undefined,
    },
    effects,
  ];
}

function updateScroll(state: AppState, key: string, { source, height }: ListView): AppUpdate | undefined {
  // Two rows stay in view, so that the eye finds its place.
  const page = Math.max(1, height - 2);
  const scrolled = (rows: number) => withViewport(state, scrollBy(state.viewport, source, height, rows));
  switch (key) {
    case 'pageup': {
      const top = topOf(state.viewport, source, height);
      const isAtTop = top.index === 0 && top.row === 0;
      return [scrolled(-page), isAtTop ? [{ type: 'load-older' }] : []];
    }
    case 'pagedown':
      return [scrolled(page), []];
    case 'ctrl+home':
    case 'alt+home': {
      const oldest = scrollToOldest(source, height);
      const top = topOf(state.viewport, source, height);
      const isAtTop = top.index === 0 && top.row === 0;
      return [withViewport(state, oldest), isAtTop ? [{ type: 'load-older' }] : []];
    }
    case 'ctrl+end':
    case 'alt+end':
      return [withViewport(state, newest), []];
    case 'end':
      return state.composer.editor.text === '' ? [withViewport(state, newest), []] : undefined;
    default:
      return undefined;
  }
}

function withViewport(state: AppState, viewport: Viewport): AppState {
  if (viewport.mode === 'newest') return { ...state, viewport, seenKey: undefined };
  return { ...state, viewport, seenKey: state.seenKey ?? newestKey(state) };
}

function updateHelp(state: AppState, top: number, key: string, { height }: ListView): AppState {
  if (key === 'pagedown' || key === 'down')
    return { ...state, help: { top: top + (key === 'down' ? 1 : height) } };
  if (key === 'pageup' || key === 'up') {
    return { ...state, help: { top: Math.max(0, top - (key === 'up' ? 1 : height)) } };
  }
  return key === 'escape' || key === 'f1' || key === 'enter' ? { ...state, help: undefined } : state;
}
