import type { Clock } from '../../shared/clock.js';
import type { ChatError } from '../../shared/errors.js';
import type { Clipboard } from '../clipboard/clipboard.js';
import { inTurn } from '../in-turn.js';
import { detectGraphics } from '../images/graphics/graphics-detection.js';
import type { ImageMode } from '../images/graphics/graphics-protocol.js';
import type { ImageViewer as PictureViewer } from '../images/image-viewer.js';
import type { OuterTerminal as TmuxSurroundings } from '../images/graphics/tmux-graphics.js';
import type { ColourDepth } from '../terminal/colour/colour-depth.js';
import type { Terminal } from '../terminal/terminal.js';
import { backgroundOfEnvironment, backgroundQuery } from '../terminal/colour/background.js';
import { titleSequence } from '../terminal/title.js';
import type { AppEvent } from './app-event.js';
import { type AppState, initialAppState } from './app-state.js';
import { windowTitle } from './attention/window-title.js';
import { runAppEffect } from './effect-runner.js';
import { createLoginForm } from './login/login-form.js';
import { createLoginSession, type OpenConnection } from './login/login-session.js';
import { Painter } from './painter.js';
import { createSearchRunner } from './search/search-runner.js';
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
  /** How pictures are shown, as the user asks for it. */
  readonly images: ImageMode;
  /** Where `/open` shows pictures. */
  readonly viewer: PictureViewer;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks the tmux that this runs in what is around it. */
  readonly askTmux: () => Promise<TmuxSurroundings | undefined>;
  readonly depth: ColourDepth;
  readonly clock: Clock;
  readonly random: () => number;
  /** The directory that relative paths of `/image` start from. */
  readonly directory: string;
};

/** Runs the full-screen client until the user leaves. Rejects with what ended it against the user's will. */
export function runFullScreen(options: FullScreenOptions): Promise<void> {
  const { address, user, password, terminal, clock } = options;
  const { screen } = terminal;
  return new Promise((resolve, reject) => {
    const isComplete = user !== '' && password !== '';
    let state: AppState = {
      ...initialAppState(
        address,
        isComplete ? undefined : createLoginForm({ address, user, password }),
        user,
      ),
      background: backgroundOfEnvironment(options.env),
    };
    const login = createLoginSession({ ...options, dispatch });
    const detection = detectGraphics({
      ...options,
      mode: options.images,
      // Before the first frame, which then covers whatever a terminal that knows no such question makes of it.
      ask: (query) => screen.writeOutside(query, 'before-frame'),
      screenSize: () => ({ columns: screen.columns, rows: screen.rows }),
      onChange: draw,
    });
    screen.writeOutside(backgroundQuery, 'before-frame');
    const painter = new Painter({
      ...options,
      screen,
      graphics: () => detection.graphics,
      beforeLeave: (bytes) => terminal.beforeLeave(bytes),
      onChange: draw,
    });
    const search = createSearchRunner(dispatch);
    const prepareInTurn = inTurn();
    const ports = { ...options, login, graphics: detection, search, prepareInTurn, dispatch, quit };
    let title = '';
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
      nameWindow(windowTitle(state));
      countdown?.();
      // The one thing on the screen that time alone changes: the seconds until the next attempt.
      const { phase } = state.session ?? {};
      const counts =
        phase?.type === 'reconnecting' && phase.retryAt !== undefined && phase.retryAt > clock.monotonicMs();
      countdown = counts ? clock.after(1000, draw) : undefined;
    }

    function nameWindow(next: string): void {
      if (next === title) return;
      title = next;
      screen.writeOutside(titleSequence(title));
    }

    function quit(reason?: ChatError): void {
      if (done) return;
      done = true;
      search.stop();
      countdown?.();
      login.stop();
      painter.close();
      terminal.close();
      if (reason) reject(reason);
      else resolve();
    }

    terminal.onInput((input) => {
      if (input.type === 'reply') detection.take(input.sequence);
      dispatch({ type: 'input', input, at: clock.monotonicMs() });
    });
    screen.on('resize', draw);
    // The terminal was away: the window has its old name back.
    screen.on('redraw', () => {
      title = '';
      nameWindow(windowTitle(state));
    });
    if (isComplete) login.logIn(address, { user, password });
    draw();
  });
}
