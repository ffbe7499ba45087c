/** Who is online at the other servers of the room. */
export type PeerServers = {
  /** Takes over a server's list. */
  list(server: string, version: number, names: readonly string[]): void;
  /** Notes that a server is there; false if its list of that version is not known. */
  here(server: string, version: number): boolean;
  gone(server: string): void;
  /** Forgets the servers that were not heard of for too long; true if there was one. */
  forgetSilent(): boolean;
  /** The lists, one for each server. */
  lists(): Iterable<readonly string[]>;
};

/** A server that was not heard of for so many milliseconds is gone: three of its signs of life were missed. */
const silenceTimeoutMs = 7000;
/** More servers than a room will ever have; what goes beyond is ignored. */
const maxServers = 256;

type Server = { readonly version: number; readonly names: readonly string[]; heardAt: number };

/** Knows no server yet. `now` is in milliseconds. */
export function createPeerServers(now: () => number): PeerServers {
  const servers = new Map<string, Server>();

  return {
    list(server, version, names) {
      if (!servers.has(server) && servers.size >= maxServers) return;
      servers.set(server, { version, names, heardAt: now() });
    },
    here(server, version) {
      const known = servers.get(server);
      if (known) known.heardAt = now();
      return known?.version === version;
    },
    gone: (server) => void servers.delete(server),
    forgetSilent() {
      const before = servers.size;
      for (const [name, { heardAt }] of servers) if (now() - heardAt > silenceTimeoutMs) servers.delete(name);
      return servers.size < before;
    },
    *lists() {
      for (const { names } of servers.values()) yield names;
    },
  };
}
