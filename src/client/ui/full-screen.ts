import type { Clock } from '../../shared/clock.js';
import type { Clipboard } from '../clipboard/clipboard.js';
import type { ImageRenderer } from '../images/image-renderer.js';
import type { ColourDepth } from '../terminal/colour-depth.js';
import type { Terminal } from '../terminal/terminal.js';
import type { AppEvent } from './app-event.js';
import { initialAppState } from './app-state.js';
import { runAppEffect } from './effect-runner.js';
import { createLoginForm } from './login/login-form.js';
import { createLoginSession, type OpenConnection } from './login/login-session.js';
import { Painter } from './painter.js';
import { updateApp } from './update-app.js';

/** What the full-screen client runs on, and what it knows already. */
export type FullScreenOptions = {
  /** As the user gave it. */
  readonly address: string;
  /** Empty: asked on the login screen. */
  readonly user: string;
  readonly password: string;
  readonly open: OpenConnection;
  /** Taken over already; it is given back when the user leaves. */
  readonly terminal: Terminal;
  readonly clipboard: Clipboard;
  readonly renderer: ImageRenderer | undefined;
  readonly depth: ColourDepth;
  readonly clock: Clock;
  readonly random: () => number;
  /** The directory that relative paths of `/image` start from. */
  readonly directory: string;
};

/** Runs the full-screen client until the user leaves. */
export function runFullScreen(options: FullScreenOptions): Promise<void> {
  const { address, user, password, terminal, clock } = options;
  const { screen } = terminal;
  return new Promise((resolve) => {
    const isComplete = user !== '' && password !== '';
    let state = initialAppState(
      address,
      isComplete ? undefined : createLoginForm({ address, user, password }),
    );
    const login = createLoginSession({ ...options, dispatch });
    const painter = new Painter({ ...options, screen, onChange: draw });
    const ports = { ...options, login, dispatch, quit };
    let countdown: (() => void) | undefined;
    let done = false;

    function dispatch(event: AppEvent): void {
      if (done) return;
      const [next, effects] = updateApp(state, event, painter.view(state));
      const changed = next !== state;
      state = next;
      for (const effect of effects) runAppEffect(effect, ports);
      if (changed) draw();
    }

    function draw(): void {
      if (done) return;
      painter.draw(state);
      countdown?.();
      // The one thing on the screen that time alone changes: the seconds until the next attempt.
      const { phase } = state.session ?? {};
      const counts =
        phase?.type === 'reconnecting' && phase.retryAt !== undefined && phase.retryAt > clock.now();
      countdown = counts ? clock.after(1000, draw) : undefined;
    }

    function quit(): void {
      if (done) return;
      done = true;
      countdown?.();
      login.stop();
      painter.close();
      terminal.close();
      resolve();
    }

    terminal.onInput((input) => dispatch({ type: 'input', input, at: clock.now() }));
    screen.on('resize', draw);
    if (isComplete) login.logIn(address, { user, password });
    draw();
  });
}
