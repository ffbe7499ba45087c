import { resolve } from 'node:path';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { defaultLimits } from '../../shared/message-rules.js';
import { findPastedImages } from '../clipboard/pasted-images.js';
import type { Clipboard } from '../clipboard/clipboard.js';
import { prepareImage } from '../images/prepare-image.js';
import { readImageFile } from '../images/read-image-file.js';
import type { Terminal } from '../terminal/terminal.js';
import type { AppEffect, AppEvent } from './app-event.js';
import type { LoginSession } from './login/login-session.js';

/** What effects work on. */
export type EffectPorts = {
  readonly clock: Clock;
  readonly clipboard: Clipboard;
  readonly terminal: Pick<Terminal, 'screen' | 'suspend'>;
  readonly login: LoginSession;
  /** The directory that relative paths of `/image` start from. */
  readonly directory: string;
  readonly dispatch: (event: AppEvent) => void;
  readonly quit: () => void;
};

/** Does what `updateApp` asked for. What comes of it is dispatched; nothing here throws. */
export function runAppEffect(effect: AppEffect, ports: EffectPorts): void {
  const { clock, terminal, login, dispatch } = ports;
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
    case 'reconnect':
    case 'load-older':
      login.session?.dispatch({ type: effect.type });
      return;
    case 'read-clipboard':
      void readClipboard(ports);
      return;
    case 'find-pasted-images':
      void findImages(effect.text, ports);
      return;
    case 'prepare-attachment':
      void prepareAttachment(effect.source, ports);
      return;
    case 'wait':
      clock.after(effect.milliseconds, () => dispatch({ type: 'waited', at: clock.now() }));
      return;
    case 'redraw':
      terminal.screen.redraw();
      return;
    case 'suspend':
      terminal.suspend();
      return;
    case 'quit':
      ports.quit();
  }
}

// A clipboard tool bounds its own time: nobody else ends it.
const untilDone = new AbortController().signal;

async function readClipboard({ clipboard, dispatch }: EffectPorts): Promise<void> {
  dispatch({ type: 'clipboard-read', content: await clipboard.read(untilDone) });
}

async function findImages(text: string, { dispatch }: EffectPorts): Promise<void> {
  const paths = await findPastedImages(text);
  dispatch(paths ? { type: 'paths-pasted', paths } : { type: 'text-pasted', text });
}

async function prepareAttachment(source: Uint8Array | string, ports: EffectPorts): Promise<void> {
  const { login, directory, dispatch } = ports;
  try {
    const bytes = typeof source === 'string' ? await readImageFile(resolve(directory, source)) : source;
    const limits = login.session?.state.limits ?? defaultLimits;
    dispatch({ type: 'attachment-ready', attachment: await prepareImage(bytes, limits.maxImage) });
  } catch (error) {
    dispatch({ type: 'attachment-failed', reason: ChatError.from(error).message });
  }
}
