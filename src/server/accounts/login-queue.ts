/** How many attempts wait in one queue for a delay to pass; one more is refused unchecked. */
const maxDelayed = 16;

/** Attempts that take turns with those of others as one, oldest first. */
export type Group<Waiter> = { readonly waiting: Waiter[] };

/** How a queue judges its groups. */
export type QueueRules<Item> = {
  /** How long the group has to wait for a delay to pass; 0: it does not. */
  readonly delayMs: (group: Item) => number;
  /** Whether the group goes before those of which this is not true. */
  readonly hasPriority: (group: Item) => boolean;
};

/** Groups of waiting attempts that take turns, whatever the number that waits in each. */
export type LoginQueue<Item> = {
  get(key: string): Item | undefined;
  /** Puts a group at the end, also one that is in the queue; one in which nothing waits leaves it. */
  moveToEnd(key: string, group: Item): void;
  remove(key: string): void;
  /** The groups in the order of their turns. */
  inOrder(): Item[];
  /** The group to refuse an attempt of: that with the most, if too many wait for a delay. */
  surplus(): Item | undefined;
  /** When the next delay ends, in milliseconds from now; undefined if nothing waits for one. */
  nextDelayMs(): number | undefined;
  isEmpty(): boolean;
};

/** Makes an empty queue. */
export function createLoginQueue<Item extends Group<unknown>>({
  delayMs,
  hasPriority,
}: QueueRules<Item>): LoginQueue<Item> {
  const groups = new Map<string, Item>();
  const delayed = (): Item[] => [...groups.values()].filter((group) => delayMs(group) > 0);

  return {
    get: (key) => groups.get(key),
    moveToEnd(key, group) {
      groups.delete(key);
      if (group.waiting.length > 0) groups.set(key, group);
    },
    remove: (key) => void groups.delete(key),
    inOrder() {
      const all = [...groups.values()];
      return [...all.filter(hasPriority), ...all.filter((group) => !hasPriority(group))];
    },
    surplus() {
      const all = delayed();
      const count = all.reduce((sum, { waiting }) => sum + waiting.length, 0);
      if (count <= maxDelayed) return undefined;
      const others = all.filter((group) => !hasPriority(group));
      const candidates = others.length > 0 ? others : all;
      const most = Math.max(...candidates.map(({ waiting }) => waiting.length));
      return candidates.findLast(({ waiting }) => waiting.length === most);
    },
    nextDelayMs() {
      const delays = delayed().map(delayMs);
      return delays.length === 0 ? undefined : Math.min(...delays);
    },
    isEmpty: () => groups.size === 0,
  };
}
