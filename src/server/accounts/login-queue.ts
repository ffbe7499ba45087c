/** Delayed attempts in one queue; one more is rejected unchecked. */
const maxDelayed = 16;

/** Attempts that share one turn, oldest first. */
export type Group<Waiter> = { readonly waiting: Waiter[] };

type QueueRules<Item> = {
  readonly delayMs: (group: Item) => number;
  readonly hasPriority: (group: Item) => boolean;
};

/** Groups of waiting attempts that take turns, whatever their size. */
export type LoginQueue<Item> = {
  get(key: string): Item | undefined;
  /** Adds the group or moves it to the end; removes it if nothing waits in it. */
  moveToEnd(key: string, group: Item): void;
  remove(key: string): void;
  inOrder(): Item[];
  /** The group that loses an attempt: the largest, if too many attempts are delayed. */
  surplus(): Item | undefined;
  /** Until the next delay ends; undefined if no attempt is delayed. */
  nextDelayMs(): number | undefined;
  isEmpty(): boolean;
};

/** Creates an empty queue. */
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
      const largest = Math.max(...candidates.map(({ waiting }) => waiting.length));
      return candidates.findLast(({ waiting }) => waiting.length === largest);
    },
    nextDelayMs() {
      const delays = delayed().map(delayMs);
      return delays.length === 0 ? undefined : Math.min(...delays);
    },
    isEmpty: () => groups.size === 0,
  };
}
