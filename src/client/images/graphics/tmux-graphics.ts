import { textErasesSixels, type GraphicsReplies } from './graphics-protocol.js';

/** What tmux says of the terminal around it. */
export type OuterTerminal = {
  /** Whether sequences for that terminal are passed on (`allow-passthrough`). */
  readonly passesOn: boolean;
  /** That terminal's name and version, as it told tmux; may be empty. */
  readonly terminal: string;
  /** Whether tmux (3.4 and later) draws sixel images there. */
  readonly sixel: boolean;
};

/** The question for the tmux that this runs in, as a command. Options can be asked for as formats. */
export const tmuxQuestion = [
  'tmux',
  'display-message',
  '-p',
  '#{allow-passthrough}|#{client_termtype}|#{client_termfeatures}',
] as const;

/** Reads the answer to `tmuxQuestion`. */
export function readTmuxAnswer(answer: string): OuterTerminal {
  const [passes = '', terminal = '', features = ''] = answer.trim().split('|');
  // A flag of tmux 3.3 is 0 or 1; later versions name the choice.
  return { passesOn: /^(1|2|on|all)$/.test(passes), terminal, sixel: features.split(',').includes('sixel') };
}

/**
 * What can be shown inside tmux, which hides the terminal around it. Where it passes sequences on, that terminal's own
 * name counts. It always says that it takes sixel images, but draws crosses where that terminal shows none.
 */
export function withOuterTerminal(
  replies: GraphicsReplies,
  tmux: OuterTerminal | undefined,
): GraphicsReplies {
  const sixel = replies.sixel && tmux?.sixel === true && textErasesSixels(tmux.terminal);
  return { ...replies, sixel, ...(tmux?.passesOn && { kitty: true, name: tmux.terminal }) };
}
