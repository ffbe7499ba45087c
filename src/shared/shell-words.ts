// A word: any run of plain characters, backslash pairs and quoted parts.
const word = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;

/**
 * Splits a text at its spaces, as a POSIX shell does, without expanding anything: no variables, wildcards, pipes or `~`.
 * Quotes keep spaces together, a backslash keeps the next character. Undefined if a quote is not closed or the
 * text ends in a backslash.
 */
export function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  const rest = text.replace(word, (match) => {
    words.push(unquoted(match));
    return '';
  });
  return rest.trim() === '' ? words : undefined;
}

function unquoted(text: string): string {
  return text.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs,
    (_match, single: string | undefined, double: string | undefined, escaped: string | undefined) =>
      single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
  );
}
