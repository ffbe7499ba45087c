/** The shells that `chat completion` knows. */
export const completionShells = ['bash', 'zsh', 'fish'] as const;

/** One of `completionShells`. */
export type CompletionShell = (typeof completionShells)[number];
