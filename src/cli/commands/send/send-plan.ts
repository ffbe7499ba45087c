import { ChatError } from '../../../shared/errors.js';

/** What `chat send` sends: images first, in their order, then the clipboard, then the text. */
export type SendPlan = {
  /** Paths; `-` is stdin. */
  readonly images: readonly string[];
  readonly clipboard: boolean;
  readonly text:
    | { readonly from: 'words'; readonly text: string }
    /** All of stdin as one message, or each of its lines. */
    | { readonly from: 'stdin' | 'lines' | 'nowhere' };
  /** Whether escape sequences are removed from the text. */
  readonly stripAnsi?: boolean;
};

/** The options for the content. */
export type ContentFlags = {
  readonly image?: readonly string[];
  readonly clipboard?: boolean;
  readonly lines?: boolean;
  readonly stripAnsi?: boolean;
};

/** Reads the words and options. Throws `usage` if they contradict each other or there is nothing to send. */
export function planSending(
  words: readonly string[],
  { image: images = [], clipboard = false, lines = false }: ContentFlags,
  stdinIsTerminal: boolean,
): SendPlan {
  const dashes = words.filter((word) => word === '-').length;
  if (dashes > 0 && words.length > 1)
    throw new ChatError('usage', '- means the whole text: it cannot be combined with other words');
  const imagesFromStdin = images.filter((path) => path === '-').length;
  const textFromStdin = dashes > 0 || lines || (words.length === 0 && images.length === 0 && !clipboard);
  if (imagesFromStdin + (textFromStdin ? 1 : 0) > 1) {
    throw new ChatError('usage', 'stdin can be read only once: as one image or as the text');
  }
  if (lines && words.length > dashes) throw new ChatError('usage', '--lines reads its text only from stdin');
  if (lines) return { images, clipboard, text: { from: 'lines' } };
  if (!textFromStdin) return { images, clipboard, text: fromWords(words, images.length > 0 || clipboard) };
  if (dashes === 0 && stdinIsTerminal) {
    throw new ChatError('usage', 'nothing to send', {
      hint: 'Give a text, pipe one in, or name an --image. If the argument is text: chat send --to ADDRESS TEXT',
    });
  }
  return { images, clipboard, text: { from: 'stdin' } };
}

function fromWords(words: readonly string[], hasImages: boolean): SendPlan['text'] {
  if (words.length === 0) return { from: 'nowhere' };
  const text = words.join(' ');
  if (text === '' && !hasImages) throw emptyText();
  return text === '' ? { from: 'nowhere' } : { from: 'words', text };
}

export function emptyText(): ChatError {
  return new ChatError('usage', 'the text is empty: nothing was sent', {
    hint: 'Give it as arguments or on stdin, or name an --image.',
  });
}

/** The words of `chat send`: the address and the text. */
export type SendArguments = {
  /** As given; undefined: the default. */
  readonly address: string | undefined;
  readonly words: readonly string[];
};

const url = /^https?:\/\/[^\s/]+\/?$/i;
const bracketed = /^\[[0-9a-f:.]+\](?::\d{1,5})?$/i;
const dottedQuad = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/;
// At least one letter: `12:30` is a time.
const hostAndPort = /^(?=[^:]*[a-z])[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:\d{1,5}$/i;
// Non-ASCII only with a dot: `größe:42` is more likely a text.
const internationalised = /^(?=.*[^\0-\x7f])[^\s/:@]+\.[^\s/:@]+:\d{1,5}$/;

/**
 * Uses the first argument as the address if it cannot be anything else; with `--to` every argument is text. A wrong guess
 * sends nothing: the text is an unreachable server, or nothing is left to send.
 */
export function splitSendArguments(words: readonly string[], to: string | undefined): SendArguments {
  const [first, ...rest] = words;
  if (to !== undefined || first === undefined || !looksLikeAddress(first)) return { address: to, words };
  return { address: first, words: rest };
}

function looksLikeAddress(word: string): boolean {
  return word.split(',').every(looksLikeOne);
}

function looksLikeOne(word: string): boolean {
  return (
    word.toLowerCase() === 'localhost' ||
    [url, bracketed, dottedQuad, hostAndPort, internationalised].some((form) => form.test(word))
  );
}
