/** An author's id as one text: an author's name holds no control character. */
export function idName(author: string, id: string): string {
  return `${author}\u0000${id}`;
}
