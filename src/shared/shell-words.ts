// A word: any run of plain characters, backslash pairs and quoted parts.
const word = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;

/** Splits and unquotes like a POSIX shell, without expansion. Undefined for an open quote or a final backslash. */
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
