const maxPageItems = 256;

/** An immutable list. Adding at either end copies one page and the list of pages, whatever the length of the list. */
export class PagedList<Item> implements Iterable<Item> {
  readonly #pages: readonly (readonly Item[])[];
  readonly length: number;

  private constructor(pages: readonly (readonly Item[])[], length: number) {
    this.#pages = pages;
    this.length = length;
  }

  static of<Item>(items: readonly Item[] = []): PagedList<Item> {
    return new PagedList<Item>(paged(items), items.length);
  }

  /** Negative indices count from the end. */
  at(index: number): Item | undefined {
    let rest = index < 0 ? this.length + index : index;
    for (const page of this.#pages) {
      if (rest < page.length) return page[rest];
      rest -= page.length;
    }
    return undefined;
  }

  append(items: readonly Item[]): PagedList<Item> {
    if (items.length === 0) return this;
    const last = this.#pages.at(-1) ?? [];
    const isFull = last.length >= maxPageItems;
    const kept = isFull ? this.#pages : this.#pages.slice(0, -1);
    const added = paged(isFull ? items : [...last, ...items]);
    return new PagedList([...kept, ...added], this.length + items.length);
  }

  prepend(items: readonly Item[]): PagedList<Item> {
    return new PagedList([...paged(items), ...this.#pages], this.length + items.length);
  }

  drop(count: number): PagedList<Item> {
    if (count <= 0) return this;
    let rest = count;
    let index = 0;
    for (let page = this.#pages[0]; page && page.length <= rest; page = this.#pages[index]) {
      rest -= page.length;
      index++;
    }
    const [first, ...others] = this.#pages.slice(index);
    if (!first) return PagedList.of<Item>();
    return new PagedList([first.slice(rest), ...others], this.length - count);
  }

  /** Does nothing if there is no such index. */
  with(index: number, item: Item): PagedList<Item> {
    let rest = index;
    for (const [at, page] of this.#pages.entries()) {
      if (rest >= 0 && rest < page.length)
        return new PagedList(this.#pages.with(at, page.with(rest, item)), this.length);
      rest -= page.length;
    }
    return this;
  }

  slice(start: number, end: number): Item[] {
    const items: Item[] = [];
    let first = 0;
    for (const page of this.#pages) {
      if (first >= end) break;
      if (first + page.length > start) items.push(...page.slice(Math.max(0, start - first), end - first));
      first += page.length;
    }
    return items;
  }

  *[Symbol.iterator](): Iterator<Item> {
    for (const page of this.#pages) yield* page;
  }
}

function paged<Item>(items: readonly Item[]): (readonly Item[])[] {
  const pages: (readonly Item[])[] = [];
  for (let start = 0; start < items.length; start += maxPageItems)
    pages.push(items.slice(start, start + maxPageItems));
  return pages;
}
