import { programRunner as commandRunner } from '../client/system/program-runner.js';
import {
  readTmuxAnswer,
  tmuxQuestion,
  type OuterTerminal as TmuxSurroundings,
} from '../client/images/graphics/tmux-graphics.js';
import type { Shell } from './shell.js';

/** What the tmux around this program says of the terminal around itself; undefined where it does not answer in a second. */
export async function askTmux(env: Shell['env']): Promise<TmuxSurroundings | undefined> {
  const bounds = { maxBytes: 1000, signal: AbortSignal.timeout(1000) };
  const result = await commandRunner(env).run(tmuxQuestion, bounds);
  return result.status === 'done' ? readTmuxAnswer(result.output.toString('utf8')) : undefined;
}
