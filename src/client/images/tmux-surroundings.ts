import type { GraphicsReplies } from './graphics-protocol.js';

/** What tmux says of the terminal around it. */
export type TmuxSurroundings = {
  /** Whether sequences for that terminal are handed on (`allow-passthrough`). */
  readonly passesOn: boolean;
  /** That terminal's name and version, as it told tmux; may be empty. */
  readonly terminal: string;
};

/** The question for the tmux that this runs in, as a command. Options can be asked for as formats. */
export const tmuxQuestion = [
  'tmux',
  'display-message',
  '-p',
  '#{allow-passthrough}|#{client_termtype}',
] as const;

/** Reads the answer to `tmuxQuestion`. */
export function readTmuxAnswer(answer: string): TmuxSurroundings {
  const [passes = '', terminal = ''] = answer.trim().split('|');
  // A flag of tmux 3.3 is 0 or 1; later versions name the choice.
  return { passesOn: /^(1|2|on|all)$/.test(passes), terminal };
}

/** tmux hides the terminal around it; where it hands sequences on, that terminal's own name counts. */
export function withSurroundings(
  replies: GraphicsReplies,
  tmux: TmuxSurroundings | undefined,
): GraphicsReplies {
  return tmux?.passesOn ? { ...replies, kitty: true, name: tmux.terminal } : replies;
}
