/** The words of `chat send`: where to, and what. */
export type SendArguments = {
  /** As it was written; undefined: the default. */
  readonly address: string | undefined;
  readonly words: readonly string[];
};

const url = /^https?:\/\/[^\s/]+\/?$/i;
const bracketed = /^\[[0-9a-f:.]+\](?::\d{1,5})?$/i;
const dottedQuad = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/;
// At least one letter: `12:30` is a time.
const hostAndPort = /^(?=[^:]*[a-z])[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?:\d{1,5}$/i;
// With a letter beyond ASCII only where there is a dot: `größe:42` is more likely a text.
const internationalised = /^(?=.*[^\0-\x7f])[^\s/:@]+\.[^\s/:@]+:\d{1,5}$/;

/**
 * Takes the first argument for the address if it can be nothing else: `localhost`, an IP address,
 * `host:port`, or `http(s)://host` without a path, or several of these with commas between. With `--to` every argument
 * is text. A wrong guess cannot send a text to another place: what was meant as text then fails to be reached, or leaves
 * nothing to send.
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
