import { programRunner } from '../../client/system/program-runner.js';
import {
  readTmuxAnswer,
  tmuxQuestion,
  type OuterTerminal,
} from '../../client/images/graphics/tmux-graphics.js';
import type { IO } from '../io/io.js';

/** What tmux knows about its outer terminal; undefined if it does not answer within a second. */
export async function askTmux(env: IO['env']): Promise<OuterTerminal | undefined> {
  const bounds = { maxBytes: 1000, signal: AbortSignal.timeout(1000) };
  const result = await programRunner(env).run(tmuxQuestion, bounds);
  return result.status === 'done' ? readTmuxAnswer(result.output.toString('utf8')) : undefined;
}
