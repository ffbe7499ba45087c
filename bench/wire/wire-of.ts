import { chatWire } from './chat-wire.js';
import { natsWire } from './nats-wire.js';
import type { Wire } from './wire.js';

export function wireOf(kind: string | undefined): Wire {
  if (kind === 'chat') return chatWire;
  if (kind === 'nats') return natsWire;
  throw new Error(`unknown kind of server: ${String(kind)}`);
}
