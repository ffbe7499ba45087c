/** The users online at the peer servers. */
export type PeerServers = {
  list(server: string, version: number, names: readonly string[]): void;
  /** False if the server's list of that version is not known. */
  here(server: string, version: number): boolean;
  gone(server: string): void;
  /** True if there was one. */
  forgetSilent(): boolean;
  lists(): Iterable<readonly string[]>;
};

/** Three missed heartbeats. */
const silenceTimeoutMs = 7000;
/** More servers than a room will ever have; others are ignored. */
const maxServers = 256;

type Server = { readonly version: number; readonly names: readonly string[]; heardAt: number };

/** `now` returns milliseconds. */
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
