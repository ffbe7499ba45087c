/** Limits the memory for requests before or without a login. */
export type UncheckedRequests = {
  /**
   * Counts `bytes` until the returned function is called. Over a limit, others are evicted: large ones first, then the
   * oldest, so that a request which only awaits its login is rarely evicted.
   */
  hold(address: string, bytes: number, evict: () => void): () => void;
  heldBytes(): number;
};

/** The limits of all requests together, and of one address. */
export type UncheckedLimits = { readonly totalBytes: number; readonly addressBytes: number };

const largeBytes = 32 * 1024;

type Held = { readonly address: string; readonly bytes: number; readonly evict: () => void };

/** The requests of one address, or of all, oldest first. */
type Group = { bytes: number; readonly large: Set<Held>; readonly small: Set<Held> };

const emptyGroup = (): Group => ({ bytes: 0, large: new Set(), small: new Set() });

/** A request counts against its address and against the total. */
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
