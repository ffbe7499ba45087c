import type { PeerNote } from '../messages/presence.js';
import { isAccountName } from '../accounts/account-rules.js';

/** What the servers of a room send each other about online users. */
export type PresenceMessage =
  /** The users online at this server. */
  | {
      readonly kind: 'list';
      readonly server: string;
      readonly version: number;
      readonly names: readonly string[];
    }
  /** A sign of life, with the version of the server's list. */
  | { readonly kind: 'here'; readonly server: string; readonly version: number }
  /** Asks the server `of`, or every server if it is empty, for its list. */
  | { readonly kind: 'ask'; readonly of: string }
  | { readonly kind: 'gone'; readonly server: string }
  | (PeerNote & { readonly server: string });

const serverForm = /^[0-9A-Za-z]{1,64}$/;

export function formatPresence(message: PresenceMessage): string {
  return JSON.stringify(message);
}

/** Undefined if the message is invalid: other programs may be able to write to NATS. */
export function parsePresence(text: string): PresenceMessage | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { kind, of, server, version, names } = value;
  if (kind === 'ask') return typeof of === 'string' ? { kind, of } : undefined;
  if (typeof server !== 'string' || !serverForm.test(server)) return undefined;
  if (kind === 'gone') return { kind, server };
  const note = parseNote(value);
  if (note) return { ...note, server };
  if (typeof version !== 'number' || !Number.isSafeInteger(version)) return undefined;
  if (kind === 'here') return { kind, server, version };
  return kind === 'list' && isNames(names) ? { kind, server, version, names } : undefined;
}

function parseNote({
  kind,
  account,
  name,
  room,
  stopped,
  mark,
}: Record<string, unknown>): PeerNote | undefined {
  if (typeof account !== 'string') return undefined;
  if (kind === 'mark') return isMark(mark) ? { kind, account, mark } : undefined;
  if (kind !== 'typing' || typeof name !== 'string' || !isAccountName(name)) return undefined;
  if (typeof room !== 'number' || !Number.isSafeInteger(room) || typeof stopped !== 'boolean')
    return undefined;
  return { kind, account, name, room, stopped };
}

function isMark(value: unknown): value is (number | null)[] {
  return Array.isArray(value) && value.every((part) => part === null || typeof part === 'number');
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
