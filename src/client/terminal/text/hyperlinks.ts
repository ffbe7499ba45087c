/** A URL in a text, from index `start`. */
export type Link = { readonly start: number; readonly url: string };

/** Up to a blank, a quote, or punctuation that is never part of a URL. */
const candidate =
  /(?<![a-z\d])(?:https?:\/\/|mailto:)[^\s<>"`\\^{|}\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+/giu;

/**
 * Without a user name, which makes `https://bank.example@attacker.example` look like another host, and only printable
 * ASCII: letters of other scripts look like Latin ones, and a terminal need not accept them.
 */
const acceptable =
  /^(?:https?:\/\/[a-z\d[][^/?#@\x00-\x20\x7f-\uffff]*(?:[/?#][\x21-\x7e]*)?|mailto:[^@/\x00-\x20\x7f-\uffff]+@[\x21-\x7e]+)$/i;

/** VTE ignores longer ones. */
const maxUrlLength = 2083;

/** The http, https and mailto URLs, exactly as they are in the text. */
export function findUrls(text: string): Link[] {
  if (!/:\/\/|mailto:/i.test(text)) return [];
  return Array.from(text.matchAll(candidate), ({ 0: found, index }) => ({
    start: index,
    url: withoutPunctuation(found),
  }));
}

/** The URLs that may be hyperlinks. */
export function findLinks(text: string): Link[] {
  return findUrls(text).filter(({ url }) => url.length <= maxUrlLength && acceptable.test(url));
}

/** Drops what ends a sentence or an emphasis, and closing brackets that were opened before the URL. */
function withoutPunctuation(found: string): string {
  const count = (character: string) => found.split(character).length - 1;
  const surplus = new Map([
    [')', count(')') - count('(')],
    [']', count(']') - count('[')],
  ]);
  let end = found.length;
  for (; end > 0; end--) {
    const last = found[end - 1] ?? '';
    const unopened = surplus.get(last);
    if (unopened !== undefined) {
      if (unopened <= 0) break;
      surplus.set(last, unopened - 1);
    } else if (!/[.,;:!?'*_~…”’»]/.test(last)) {
      break;
    }
  }
  return found.slice(0, end);
}

/** The beginning of a hyperlink (OSC 8) up to `linkEnd`. Parts with the same URL and `id` are one link. */
export function linkStart(url: string, id: string): string {
  return `\x1b]8;id=${id};${url}\x1b\\`;
}

export const linkEnd = '\x1b]8;;\x1b\\';

/**
 * Whether hyperlinks may be written. Terminals ignore an OSC that they do not know, apart from Emacs' `term`, which prints
 * it, and VTE 0.50.0, which crashes. `FORCE_HYPERLINK=0`, as other programs read it, switches them off.
 */
export function canWriteLinks(env: Readonly<Record<string, string | undefined>>): boolean {
  const { FORCE_HYPERLINK: forced, TERM = '', VTE_VERSION } = env;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return !/^(?:linux|dumb|eterm|cons25|vt\d)/.test(TERM) && VTE_VERSION !== '5000';
}
