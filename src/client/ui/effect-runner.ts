import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { defaultLimits } from '../../shared/message-rules.js';
import { findPastedImages, namedImage } from '../clipboard/pasted-images.js';
import type { Clipboard } from '../clipboard/clipboard.js';
import type { GraphicsDetection } from '../images/graphics/graphics-detection.js';
import type { ImageViewer as PictureViewer } from '../images/image-viewer.js';
import type { InTurn } from '../in-turn.js';
import { prepareImageInProcess } from '../images/process/prepare-in-process.js';
import { homeDirectory } from '../system/home-directory.js';
import { saveImage as savePicture } from '../images/save-image.js';
import { notification } from '../terminal/notify.js';
import type { TemporaryFile } from '../system/temporary-file.js';
import type { Terminal } from '../terminal/terminal.js';
import type { AppEffect, AppEvent } from './app-event.js';
import { editExternally } from './composer/external-editor.js';
import { chosenText } from './commands/choose-images.js';
import type { LoginSession } from './login/login-session.js';
import type { SearchRunner } from './search/search-runner.js';

/** What effects work on. */
export type EffectPorts = {
  readonly clock: Clock;
  readonly clipboard: Clipboard;
  readonly terminal: Pick<Terminal, 'screen' | 'suspend' | 'lend'>;
  readonly search: SearchRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly login: LoginSession;
  readonly graphics: GraphicsDetection;
  readonly viewer: PictureViewer;
  /** Prepares one picture at a time: they stay in the order in which they were attached. */
  readonly prepareInTurn: InTurn;
  /** The directory that relative paths of `/image` and `/save` start from. */
  readonly directory: string;
  readonly dispatch: (event: AppEvent) => void;
  readonly quit: (reason?: ChatError) => void;
};

/** Does what `updateApp` asked for. What comes of it is dispatched; nothing here throws. */
export function runAppEffect(effect: AppEffect, ports: EffectPorts): void {
  const { clock, terminal, login, graphics, dispatch } = ports;
  switch (effect.type) {
    case 'log-in':
      login.logIn(effect.address, { user: effect.user, password: effect.password });
      return;
    case 'answer-trust':
      login.answerTrust(effect.trusted);
      return;
    case 'submit':
      login.session?.submit(effect.contentType, effect.content);
      return;
    case 'resend':
      login.session?.dispatch(effect);
      return;
    case 'reconnect':
    case 'load-older':
    case 'forget-older':
      login.session?.dispatch({ type: effect.type });
      return;
    case 'read-clipboard':
      void readClipboard(ports);
      return;
    case 'find-pasted-images':
      void findImages(effect.text, ports);
      return;
    case 'prepare-attachment':
      void ports.prepareInTurn(() => prepareAttachment(effect.source, ports));
      return;
    case 'remove-file':
      void effect.file.remove();
      return;
    case 'search':
      ports.search.start(login.session, effect.text);
      return;
    case 'stop-search':
      ports.search.stop();
      return;
    case 'edit-draft':
      void editDraft(effect.text, ports);
      return;
    case 'notify':
      terminal.screen.writeOutside(notification(effect.text, ports.env));
      return;
    case 'wait':
      clock.after(effect.milliseconds, () => dispatch({ type: 'waited', at: clock.monotonicMs() }));
      return;
    case 'open-picture':
      void tell(openPicture(effect, ports), ports);
      return;
    case 'save-picture':
      void tell(save(effect, ports), ports);
      return;
    case 'choose-images':
      dispatch({ type: 'told', text: chosenText(graphics, effect.mode) });
      return;
    case 'redraw':
      terminal.screen.redraw();
      return;
    case 'suspend':
      terminal.suspend();
      return;
    case 'quit':
      ports.quit(effect.reason);
  }
}

// A clipboard tool bounds its own time: nobody else ends it.
const untilDone = new AbortController().signal;

async function readClipboard({ clipboard, dispatch }: EffectPorts): Promise<void> {
  dispatch({ type: 'clipboard-read', content: await clipboard.read(untilDone) });
}

async function editDraft(draft: string, { terminal, env, dispatch }: EffectPorts): Promise<void> {
  try {
    const text = await terminal.lend(() => editExternally(draft, env));
    dispatch({ type: 'draft-edited', text });
  } catch (error) {
    dispatch({ type: 'draft-edit-failed', reason: ChatError.from(error).message });
  }
}

type Effect<Type> = Extract<AppEffect, { type: Type }>;

async function openPicture(
  { content, number }: Effect<'open-picture'>,
  { viewer }: EffectPorts,
): Promise<string> {
  await viewer.open(content, number);
  return `Opened image ${number}.`;
}

async function save(
  { content, number, path }: Effect<'save-picture'>,
  { directory }: EffectPorts,
): Promise<string> {
  return `Saved ${await savePicture(content, { number, path, directory, home: homeDirectory() })}`;
}

/** Tells what came of something, or why nothing did. */
async function tell(outcome: Promise<string>, { dispatch }: EffectPorts): Promise<void> {
  try {
    dispatch({ type: 'told', text: await outcome });
  } catch (error) {
    const { message, hint } = ChatError.from(error);
    dispatch({ type: 'told', text: hint === undefined ? message : `${message}. ${hint}` });
  }
}

async function findImages(text: string, { dispatch }: EffectPorts): Promise<void> {
  const paths = await findPastedImages(text);
  dispatch(paths ? { type: 'paths-pasted', paths } : { type: 'text-pasted', text });
}

async function prepareAttachment(source: string | TemporaryFile, ports: EffectPorts): Promise<void> {
  const { login, directory, dispatch } = ports;
  try {
    const path = typeof source === 'string' ? await namedImage(source, directory) : source.path;
    const limits = login.session?.state.limits ?? defaultLimits;
    dispatch({ type: 'attachment-ready', attachment: await prepareImageInProcess(path, limits.maxImage) });
  } catch (error) {
    dispatch({ type: 'attachment-failed', reason: ChatError.from(error).message });
  } finally {
    if (typeof source !== 'string') await source.remove();
  }
}
