import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { imageModes, type ImageMode } from '../images/graphics/graphics-protocol.js';
import { formatByteSize } from '../../shared/byte-size.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { defaultLimits, isEmoji } from '../../shared/message-rules.js';
import { findPastedImages, namedImage } from '../clipboard/pasted-images.js';
import type { Clipboard } from '../clipboard/clipboard.js';
import type { GraphicsDetection } from '../images/graphics/graphics-detection.js';
import type { ImageViewer } from '../images/image-viewer.js';
import type { Mutex } from '../../shared/async/mutex.js';
import { type ImageProcess, prepareImageInProcess } from '../images/process/image-process.js';
import { homeDirectory } from '../system/environment.js';
import type { createPathLister } from '../system/list-paths.js';
import { saveImage } from '../images/save-image.js';
import { clipboardSequence, maxCopiedBytes, notification } from '../terminal/control-strings.js';
import { loadedMessage } from '../session/message-changes.js';
import { seenFrom } from '../session/state.js';
import type { NamedEmoji } from './state/mode.js';
import type { Terminal } from '../terminal/terminal.js';
import type { AppEffect, AppEvent, TypedCommand } from './state/app-event.js';
import { editExternally } from './composer/external-editor.js';
import type { SessionHolder } from './session-holder.js';
import type { Memory } from './memory.js';
import type { RoomRunner } from './room-runner.js';
import type { SearchRunner } from './search-runner.js';

/** The ports of the effects. */
export type EffectPorts = {
  readonly clock: Clock;
  readonly clipboard: Clipboard;
  readonly terminal: Pick<Terminal, 'screen' | 'redraw' | 'suspend' | 'lend'>;
  readonly search: SearchRunner;
  readonly rooms: RoomRunner;
  readonly memory: Memory;
  readonly listPaths: ReturnType<typeof createPathLister>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sessions: SessionHolder;
  readonly graphics: GraphicsDetection;
  readonly viewer: ImageViewer;
  readonly imageProcess: ImageProcess;
  /** Prepares one image at a time, which keeps the order of the attachments. */
  readonly prepareInTurn: Mutex;
  /** For relative paths of `/image` and `/save`. */
  readonly directory: string;
  readonly dispatch: (event: AppEvent) => void;
  readonly quit: (reason?: ChatError) => void;
};

/** Runs an effect and dispatches its outcome. Never throws. */
export function runAppEffect(effect: AppEffect, ports: EffectPorts): void {
  const { clock, terminal, sessions, graphics, dispatch } = ports;
  switch (effect.type) {
    case 'log-in':
      sessions.logIn(effect.address, { user: effect.user, password: effect.password });
      return;
    case 'stop-login':
      sessions.stopLogin();
      return;
    case 'answer-trust':
      sessions.answerTrust(effect.trusted);
      return;
    case 'submit':
      sessions.session?.submit(effect.contentType, effect.content, {
        room: effect.room,
        ...(effect.replyTo !== undefined && { replyTo: effect.replyTo }),
      });
      return;
    case 'change-message':
      void changeMessage(effect, ports);
      return;
    case 'load-emoji':
      dispatch({ type: 'emoji-loaded', emoji: loadEmoji(), thenSubmit: effect.thenSubmit === true });
      return;
    case 'resend':
    case 'view-room':
    case 'mark-read':
    case 'mark-unread':
    case 'configure':
    case 'end-mutes':
    case 'load-place':
      sessions.session?.dispatch(effect);
      return;
    case 'reconnect':
    case 'load-previous-page':
    case 'load-next-page':
    case 'forget-previous-pages':
      sessions.session?.dispatch({ type: effect.type });
      return;
    case 'load-chat':
      void ports.memory
        .load(effect.id)
        .then((saved) => dispatch({ type: 'chat-loaded', id: effect.id, saved }));
      return;
    case 'show-unread':
      dispatch({ type: 'unread-found' });
      return;
    case 'read-clipboard':
      void readClipboard(effect, ports);
      return;
    case 'find-pasted-images':
      void findImages(effect, ports);
      return;
    case 'prepare-attachment':
      void ports.prepareInTurn(() => prepareAttachment(effect, ports));
      return;
    case 'remove-file':
      void effect.file.remove();
      return;
    case 'search':
      ports.search.start(sessions.session, effect.text, effect.room);
      return;
    case 'list-mentions':
      ports.search.listMentions(sessions.session);
      return;
    case 'stop-search':
      ports.search.stop();
      return;
    case 'room-call':
      ports.rooms.call(effect);
      return;
    case 'typing':
      ports.rooms.notifyTyping({ room: effect.room, stopped: effect.stopped });
      return;
    case 'mute-room':
      dispatch({ type: 'room-muted', room: effect.room, untilMs: clock.now() + effect.forMs });
      return;
    case 'list-rooms':
      ports.rooms.listRooms(effect.max);
      return;
    case 'list-members':
      ports.rooms.listMembers(effect.room, effect.max);
      return;
    case 'list-paths':
      void ports
        .listPaths(effect.path, (name) => effect.what === 'images' && imageName.test(name))
        .then((paths) => dispatch({ type: 'paths-listed', text: effect.text, paths }));
      return;
    case 'edit-draft':
      void editDraft(effect, ports);
      return;
    case 'notify':
      terminal.screen.writeOutside(notification(effect.text, ports.env));
      return;
    case 'wait':
      clock.after(effect.delayMs, () => dispatch({ type: 'timer-fired', at: clock.monotonicMs() }));
      return;
    case 'open-image':
      void report(openImage(effect, ports), effect, ports);
      return;
    case 'save-image':
      void report(save(effect, ports), effect, ports);
      return;
    case 'copy':
      void copyText(effect, ports);
      return;
    case 'choose-images':
      dispatch({ type: 'notice', text: chosenText(graphics, effect.mode) });
      return;
    case 'redraw':
      terminal.redraw();
      return;
    case 'suspend':
      terminal.suspend();
      return;
    case 'quit':
      ports.quit(effect.reason);
  }
}

const imageName = /\.(?:png|jpe?g|webp|gif|tiff?)$/i;

// A clipboard tool has its own timeout.
const neverAborted = new AbortController().signal;

async function readClipboard({ room, command }: Effect<'read-clipboard'>, ports: EffectPorts): Promise<void> {
  const content = await ports.clipboard.read(neverAborted);
  ports.dispatch({ type: 'clipboard-read', room, content, ...of(command) });
}

async function copyText({ text, what, next }: Effect<'copy'>, ports: EffectPorts): Promise<void> {
  const { clipboard, terminal, env, dispatch } = ports;
  const written = await clipboard.write(text);
  const sequence = written === 'unavailable' ? clipboardSequence(text, env) : '';
  if (sequence === undefined) {
    const sizes = `${formatByteSize(Buffer.byteLength(text))}, at most ${formatByteSize(maxCopiedBytes)}`;
    dispatch({ type: 'notice', text: `Too long to copy through the terminal: ${sizes}.` });
    return;
  }
  if (sequence !== '') terminal.screen.writeOutside(sequence);
  const how = {
    clipboard: '',
    tmux: ' to tmux and its terminal',
    unavailable: ', if the terminal allows it',
  };
  const more = next === undefined ? '' : ` · y copies ${next}`;
  dispatch({ type: 'notice', text: `Copied ${what}${how[written]}${more}` });
}

async function editDraft(
  { room, text: draft }: Effect<'edit-draft'>,
  { terminal, env, dispatch }: EffectPorts,
): Promise<void> {
  try {
    const text = await terminal.lend(() => editExternally(draft, env));
    dispatch({ type: 'draft-edited', room, text });
  } catch (error) {
    dispatch({ type: 'draft-edit-failed', reason: ChatError.from(error).message });
  }
}

function of(command: TypedCommand | undefined): { readonly command?: TypedCommand } {
  return command === undefined ? {} : { command };
}

type Effect<Type> = Extract<AppEffect, { type: Type }>;

async function openImage({ content, number }: Effect<'open-image'>, ports: EffectPorts): Promise<string> {
  await ports.viewer.open(content, number);
  return `Opened image ${number}.`;
}

async function save(
  { content, number, path }: Effect<'save-image'>,
  { imageProcess, directory }: EffectPorts,
): Promise<string> {
  return `Saved ${await saveImage(imageProcess, content, { number, path, directory, home: homeDirectory() })}`;
}

async function report(
  outcome: Promise<string>,
  { command }: { readonly command?: TypedCommand },
  { dispatch }: EffectPorts,
): Promise<void> {
  try {
    dispatch({ type: 'notice', text: await outcome });
  } catch (error) {
    const { message, hint } = ChatError.from(error);
    const reason = hint === undefined ? message : `${message}. ${hint}`;
    dispatch({ type: 'failed', reason, ...of(command) });
  }
}

async function findImages({ room, text }: Effect<'find-pasted-images'>, ports: EffectPorts): Promise<void> {
  const paths = await findPastedImages(text);
  ports.dispatch(paths ? { type: 'paths-pasted', room, paths } : { type: 'text-pasted', room, text });
}

async function prepareAttachment(
  { room, source, command }: Effect<'prepare-attachment'>,
  ports: EffectPorts,
): Promise<void> {
  const { imageProcess, sessions, directory, dispatch } = ports;
  try {
    const path = typeof source === 'string' ? await namedImage(source, directory) : source.path;
    const limits = sessions.session?.state.limits ?? defaultLimits;
    dispatch({
      type: 'attachment-ready',
      room,
      attachment: await prepareImageInProcess(imageProcess, path, limits.maxImageBytes),
      name: typeof source === 'string' ? basename(path) : 'clipboard image',
    });
  } catch (error) {
    dispatch({ type: 'attachment-failed', room, reason: ChatError.from(error).message, ...of(command) });
  } finally {
    if (typeof source !== 'string') await source.remove();
  }
}

async function changeMessage(
  { change, room }: Effect<'change-message'>,
  { sessions, clock, dispatch }: EffectPorts,
): Promise<void> {
  const { session } = sessions;
  if (!session) return;
  try {
    await session.change(change, neverAborted);
  } catch (error) {
    const there = seenFrom(session.state, room);
    const at = loadedMessage(there, change.target)?.timestamp ?? clock.now();
    dispatch({ type: 'change-failed', change, room, reason: ChatError.from(error), at });
  }
}

const require = createRequire(import.meta.url);

/** Those that this version of Node can check, as the server does. */
function loadEmoji(): readonly NamedEmoji[] {
  const names = require('emojilib') as Readonly<Record<string, readonly string[]>>;
  return Object.entries(names).flatMap(([emoji, names]) => (isEmoji(emoji) ? [{ emoji, names }] : []));
}

/** Sets a mode, if one is given, and describes the current one. */
function chosenText(graphics: GraphicsDetection, mode: ImageMode | undefined): string {
  if (mode !== undefined) graphics.choose(mode);
  const shown = graphics.graphics.protocol === 'off' ? 'captions only' : graphics.graphics.protocol;
  const now = graphics.mode === 'auto' ? `${shown} (auto)` : shown;
  return mode === undefined ? `Images: ${now}. /images ${imageModes.join('|')}` : `Images: ${now}.`;
}
