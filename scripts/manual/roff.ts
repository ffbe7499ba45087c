/**
 * Escapes a text for roff. Hyphens become `\-`, so that options can be copied from the page to a shell; a dot or a
 * quote at the start of a line would be a request.
 */
export function roffText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}

/** A request whose arguments may contain spaces and quotes: `.SH "EXIT STATUS"`. */
export function request(name: string, ...values: readonly string[]): string {
  return [`.${name}`, ...values.map((value) => `"${roffText(value).replaceAll('"', '\\(dq')}"`)].join(' ');
}

/** A term, and its meaning indented below it. */
export function definition(term: string, meaning: string): string[] {
  return ['.TP', request('B', term), roffText(meaning)];
}

function verbatim(lines: readonly string[]): string[] {
  return ['.PP', '.nf', ...lines.map(roffText), '.fi'];
}

/**
 * The text below the options of a command. Blank lines separate paragraphs, which are filled. Indented lines below a
 * heading that ends in a colon are examples or tables and keep their line breaks.
 */
export function helpText(text: string): string[] {
  return text
    .trim()
    .split(/\n{2,}/)
    .flatMap((paragraph) => {
      const [heading = '', ...lines] = paragraph.split('\n');
      const isList =
        heading.endsWith(':') && lines.length > 0 && lines.every((line) => line.startsWith('  '));
      if (!isList) return ['.PP', roffText(paragraph)];
      return ['.PP', request('B', heading), ...verbatim(lines)];
    });
}
