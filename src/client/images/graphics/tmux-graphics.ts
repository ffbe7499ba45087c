import { programRunner, type Environment } from '../../system/program.js';
import { textErasesSixels, type GraphicsReplies } from './graphics-protocol.js';

/** What tmux reports about the terminal around it. */
export type OuterTerminal = {
  /** `allow-passthrough` is on. */
  readonly passesOn: boolean;
  readonly terminal: string;
  /** tmux (3.4 and later) draws sixel images there. */
  readonly sixel: boolean;
};

const tmuxQuestion = [
  'tmux',
  'display-message',
  '-p',
  '#{allow-passthrough}|#{client_termtype}|#{client_termfeatures}',
] as const;

export function readTmuxAnswer(answer: string): OuterTerminal {
  const [passes = '', terminal = '', features = ''] = answer.trim().split('|');
  // tmux 3.3 prints 0 or 1, later versions a name.
  return { passesOn: /^(1|2|on|all)$/.test(passes), terminal, sixel: features.split(',').includes('sixel') };
}

/** tmux always reports sixel support, but draws crosses if the terminal around it has none. */
export function withOuterTerminal(
  replies: GraphicsReplies,
  tmux: OuterTerminal | undefined,
): GraphicsReplies {
  const sixel = replies.sixel && tmux?.sixel === true && textErasesSixels(tmux.terminal);
  return { ...replies, sixel, ...(tmux?.passesOn && { kitty: true, name: tmux.terminal }) };
}

/** What tmux knows about its outer terminal; undefined if it does not answer within a second. */
export async function askTmux(env: Environment): Promise<OuterTerminal | undefined> {
  const bounds = { maxBytes: 1000, signal: AbortSignal.timeout(1000) };
  const result = await programRunner(env).run(tmuxQuestion, bounds);
  return result.status === 'done' ? readTmuxAnswer(result.output.toString('utf8')) : undefined;
}
