import { commandRunner } from '../../client/clipboard/run-command.js';
import {
  readTmuxAnswer,
  tmuxQuestion,
  type TmuxSurroundings,
} from '../../client/images/tmux-surroundings.js';
import type { IO } from '../io/io.js';

/** What tmux knows about its outer terminal; undefined if it does not answer within a second. */
export async function askTmux(env: IO['env']): Promise<TmuxSurroundings | undefined> {
  const bounds = { maxBytes: 1000, signal: AbortSignal.timeout(1000) };
  const result = await commandRunner(env).run(tmuxQuestion, bounds);
  return result.status === 'done' ? readTmuxAnswer(result.output.toString('utf8')) : undefined;
}
