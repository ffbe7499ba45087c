import type { Clock } from '../../shared/clock.js';
import type { ChatError } from '../../shared/errors.js';
import type { Clipboard } from '../clipboard/clipboard.js';
import { createMutex } from '../../shared/async/mutex.js';
import { detectGraphics } from '../images/graphics/graphics-detection.js';
import type { ImageMode } from '../images/graphics/graphics-protocol.js';
import type { ImageProcess } from '../images/process/image-process.js';
import type { ImageViewer } from '../images/image-viewer.js';
import type { OuterTerminal } from '../images/graphics/tmux-graphics.js';
import type { ColourDepth } from '../terminal/colour/colour-depth.js';
import type { Terminal } from '../terminal/terminal.js';
import { backgroundOfEnvironment, colourQuery, unknownColours } from '../terminal/colour/terminal-colours.js';
import { homeDirectory } from '../system/environment.js';
import { createPathLister } from '../system/list-paths.js';
import { titleSequence } from '../terminal/control-strings.js';
import type { AppEvent } from './state/app-event.js';
import { type AppState, initialAppState, rememberedOf } from './state/app-state.js';
import { mentionTest, windowTitle } from './attention/attention.js';
import { nextMuteEnd } from './rooms/room-settings.js';
import { runAppEffect } from './effect-runner.js';
import { createLoginForm } from './login/login-form.js';
import type { Memory } from './memory.js';
import { createSessionHolder, type OpenConnection } from './session-holder.js';
import { Painter } from './painter.js';
import { createRoomRunner } from './room-runner.js';
import { createSearchRunner } from './search-runner.js';
import { updateApp } from './update/update-app.js';

/** The ports and settings of the full-screen client. */
export type FullScreenOptions = {
  /** As given. */
  readonly address: string;
  /** If empty, the login screen asks for it. */
  readonly user: string;
  readonly password: string;
  readonly open: OpenConnection;
  /** In raw mode; closed at the end. */
  readonly terminal: Terminal;
  readonly clipboard: Clipboard;
  readonly images: ImageMode;
  readonly viewer: ImageViewer;
  /** Decodes attachments and draws images. */
  readonly imageProcess: ImageProcess;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks the tmux around this program about its terminal. */
  readonly askTmux: () => Promise<OuterTerminal | undefined>;
  readonly depth: ColourDepth;
  readonly clock: Clock;
  readonly random: () => number;
  /** For relative paths of `/image`. */
  readonly directory: string;
  /** Closed at the end. */
  readonly memory: Memory;
};

/** The timer stops while the machine sleeps. */
const muteCheckMs = 60_000;

/** Runs the full-screen client until the user quits. Rejects with the error that ended it. */
export function runFullScreen(options: FullScreenOptions): Promise<void> {
  const { address, user, password, terminal, clock, memory } = options;
  const { screen } = terminal;
  return new Promise((resolve, reject) => {
    const isComplete = user !== '' && password !== '';
    let state: AppState = {
      ...initialAppState(
        address,
        isComplete ? undefined : createLoginForm({ address, user, password }),
        user,
        memory.preferences,
      ),
      colours: { ...unknownColours, brightness: backgroundOfEnvironment(options.env) },
    };
    const sessions = createSessionHolder({ ...options, dispatch, isMention: mentionTest(() => state) });
    const detection = detectGraphics({
      ...options,
      mode: options.images,
      // Before the first frame, which covers what a terminal prints if it does not know the query.
      ask: (query) => screen.writeOutside(query, 'before-frame'),
      screenSize: () => ({ columns: screen.columns, rows: screen.rows }),
      onChange: draw,
    });
    screen.writeOutside(colourQuery(options.depth), 'before-frame');
    const painter = new Painter({
      ...options,
      screen,
      graphics: () => detection.graphics,
      beforeLeave: (bytes) => terminal.beforeLeave(bytes),
      onChange: draw,
    });
    const search = createSearchRunner(dispatch);
    const rooms = createRoomRunner({ sessions, clock, dispatch });
    const prepareInTurn = createMutex();
    const listPaths = createPathLister({ directory: options.directory, home: homeDirectory() });
    const ports = {
      ...options,
      sessions,
      listPaths,
      graphics: detection,
      search,
      rooms,
      prepareInTurn,
      dispatch,
      quit,
    };
    let title = '';
    let countdown: (() => void) | undefined;
    let mutes: { readonly causes: readonly unknown[]; readonly cancel: () => void } | undefined;
    let done = false;

    function dispatch(event: AppEvent): void {
      if (done) return;
      const [next, effects] = updateApp(state, event, painter.view(state));
      const changed = next !== state;
      state = next;
      if (changed) memory.note(rememberedOf(state));
      for (const effect of effects) runAppEffect(effect, ports);
      if (changed) draw();
      awaitMuteEnd();
    }

    /** Also for those of the last run. */
    function awaitMuteEnd(): void {
      const causes = [state.preferences.rooms, state.session?.rooms];
      if (done || mutes?.causes.every((cause, index) => cause === causes[index])) return;
      mutes?.cancel();
      mutes = { causes, cancel: () => undefined };
      const endMs = nextMuteEnd(state);
      if (endMs === undefined) return;
      const delayMs = Math.min(Math.max(0, endMs - clock.now()), muteCheckMs);
      const cancel = clock.after(delayMs, () => {
        mutes = undefined;
        dispatch({ type: 'mutes-ended', nowMs: clock.now() });
      });
      mutes = { causes, cancel };
    }

    function draw(): void {
      if (done) return;
      painter.draw(state);
      // The login screen has nothing to scroll, but texts to select.
      terminal.setMouse(state.preferences.mouse === 'on' && state.mode.type !== 'login');
      setTitle(windowTitle(state));
      countdown?.();
      // Only the seconds until the next attempt change on the screen with time alone.
      const { phase } = state.session ?? {};
      const counts =
        phase?.type === 'reconnecting' && phase.retryAt !== undefined && phase.retryAt > clock.monotonicMs();
      countdown = counts ? clock.after(1000, draw) : undefined;
    }

    function setTitle(next: string): void {
      if (next === title) return;
      title = next;
      screen.writeOutside(titleSequence(title));
    }

    function quit(reason?: ChatError): void {
      if (done) return;
      done = true;
      search.stop();
      rooms.stop();
      countdown?.();
      mutes?.cancel();
      sessions.stop();
      painter.close();
      terminal.close();
      void memory.close().then(() => {
        if (reason) reject(reason);
        else resolve();
      });
    }

    terminal.onInput((input) => {
      if (input.type === 'reply') detection.take(input.sequence);
      dispatch({ type: 'input', input, at: clock.monotonicMs() });
    });
    screen.on('resize', draw);
    // A suspension restores the old title of the window.
    screen.on('redraw', () => {
      title = '';
      setTitle(windowTitle(state));
    });
    memory.onProblem((text) => dispatch({ type: 'notice', text }));
    if (isComplete) sessions.logIn(address, { user, password });
    draw();
  });
}
