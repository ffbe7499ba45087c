/** The memory for requests whose login is not checked yet, or that need none. */
export type UncheckedRequests = {
  /**
   * Counts `bytes` more for a request of that address. Where that is too much, others are evicted, the large ones first
   * and the oldest of them first: whoever only has to be checked is gone before it is its turn.
   */
  hold(address: string, bytes: number, evict: () => void): () => void;
  heldBytes(): number;
};

/** How much all of them may hold, and those of one address. */
export type UncheckedLimits = { readonly totalBytes: number; readonly addressBytes: number };

/** What holds more than this is evicted first. */
const largeBytes = 32 * 1024;

type Held = { readonly address: string; readonly bytes: number; readonly evict: () => void };

/** The requests of one address, or of all, in the order in which they came. */
type Group = { bytes: number; readonly large: Set<Held>; readonly small: Set<Held> };

const emptyGroup = (): Group => ({ bytes: 0, large: new Set(), small: new Set() });

/** Makes an empty register. */
export function createUncheckedRequests({ totalBytes, addressBytes }: UncheckedLimits): UncheckedRequests {
  const all = emptyGroup();
  const byAddress = new Map<string, Group>();

  const groupsOf = (address: string): readonly [Group, Group] => {
    const known = byAddress.get(address);
    if (known) return [known, all];
    const group = emptyGroup();
    byAddress.set(address, group);
    return [group, all];
  };
  const remove = (held: Held): void => {
    for (const group of groupsOf(held.address)) {
      if (group.large.delete(held) || group.small.delete(held)) group.bytes -= held.bytes;
    }
    if (byAddress.get(held.address)?.bytes === 0) byAddress.delete(held.address);
  };
  const evictUntil = (group: Group, maxBytes: number, spared: Held): void => {
    for (const requests of [group.large, group.small]) {
      for (const held of requests) {
        if (group.bytes <= maxBytes) return;
        if (held === spared) continue;
        remove(held);
        held.evict();
      }
    }
  };

  return {
    hold(address, bytes, evict) {
      const held: Held = { address, bytes, evict };
      const [own] = groupsOf(address);
      for (const group of [own, all]) {
        group.bytes += bytes;
        (bytes > largeBytes ? group.large : group.small).add(held);
      }
      evictUntil(own, addressBytes, held);
      evictUntil(all, totalBytes, held);
      return () => remove(held);
    },
    heldBytes: () => all.bytes,
  };
}
