import { chatWire } from './chat-wire.js';
import { natsWire } from './nats-wire.js';
import type { Wire } from './wire.js';

/** How to speak with a kind of server. */
export function wireOf(kind: string | undefined): Wire {
  if (kind === 'chat') return chatWire;
  if (kind === 'nats') return natsWire;
  throw new Error(`which server is ${String(kind)}?`);
}
