import { findUrls } from '../../terminal/text/hyperlinks.js';
import { sanitiseText } from '../../terminal/text/sanitise.js';

/** Something that can be copied from a message, and how a notice calls it. */
export type Copyable = { readonly what: string; readonly text: string };

const maxCopyables = 20;
const maxUrlShown = 40;
const fence = /^ {0,3}(`{3,}|~{3,})/;

/**
 * The text of a message, its links and its code blocks, without duplicates. Sanitised, since a text may be pasted into
 * a shell; tabs stay.
 */
export function copyablesOf(text: string): readonly Copyable[] {
  const safe = text.split('\t').map(sanitiseText).join('\t');
  const links = findUrls(safe).map(({ url }) => url);
  const blocks = codeBlocksIn(safe);
  const all: Copyable[] = [
    { what: 'the text', text: safe },
    ...links.map((link) => ({ what: shortened(link), text: link })),
    ...blocks.map((code, index) => ({
      what: blocks.length === 1 ? 'the code block' : `code block ${index + 1}`,
      text: code,
    })),
  ];
  const isNew = (one: Copyable, index: number) =>
    all.findIndex((other) => other.text.trim() === one.text.trim()) === index;
  return all.filter(isNew).slice(0, maxCopyables);
}

/** The texts between fences; the last one may be open. */
function codeBlocksIn(text: string): readonly string[] {
  const blocks: string[][] = [];
  let opening: string | undefined;
  for (const line of text.split('\n')) {
    const found = fence.exec(line)?.[1];
    if (opening === undefined) {
      opening = found;
      if (found !== undefined) blocks.push([]);
    } else if (found?.startsWith(opening)) opening = undefined;
    else blocks.at(-1)?.push(line);
  }
  return blocks.map((lines) => lines.join('\n')).filter((code) => code.trim() !== '');
}

function shortened(link: string): string {
  return link.length <= maxUrlShown ? link : `${link.slice(0, maxUrlShown - 1)}…`;
}
