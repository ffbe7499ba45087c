import { isAccountName } from '../accounts/account-rules.js';

/** What servers of one room tell each other about who is online. */
export type PresenceMessage =
  /** Everybody at this server; sent after changes, and when asked. */
  | {
      readonly kind: 'list';
      readonly server: string;
      readonly version: number;
      readonly names: readonly string[];
    }
  /** This server is there, and its list has this version. */
  | { readonly kind: 'here'; readonly server: string; readonly version: number }
  /** The server called `of`, or every server where it is empty, is asked for its list. */
  | { readonly kind: 'ask'; readonly of: string }
  /** This server ends. */
  | { readonly kind: 'gone'; readonly server: string };

const serverForm = /^[0-9A-Za-z]{1,64}$/;

export function formatPresence(message: PresenceMessage): string {
  return JSON.stringify(message);
}

/** Reads a note; undefined if it is none. Whoever may write to NATS can send anything. */
export function parsePresence(text: string): PresenceMessage | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { kind, of, server, version, names } = value;
  if (kind === 'ask') return typeof of === 'string' ? { kind, of } : undefined;
  if (typeof server !== 'string' || !serverForm.test(server)) return undefined;
  if (kind === 'gone') return { kind, server };
  if (typeof version !== 'number' || !Number.isSafeInteger(version)) return undefined;
  if (kind === 'here') return { kind, server, version };
  return kind === 'list' && isNames(names) ? { kind, server, version, names } : undefined;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && isAccountName(name));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
