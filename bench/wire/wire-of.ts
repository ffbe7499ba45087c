import type { Target } from '../target.js';
import { chatWire } from './chat-wire.js';
import { natsWire } from './nats-wire.js';
import type { Wire } from './wire.js';

export function wireOf(kind: Target['kind']): Wire {
  return kind === 'chat' ? chatWire : natsWire;
}
