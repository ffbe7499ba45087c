/** A process that attacks a server and exits: `attacker.ts PORT INDEX SECONDS`. */
import { setTimeout } from 'node:timers/promises';
import type { ClientHttp2Session } from 'node:http2';
import { openSession } from '../../test/server/http2-call.js';
import { attacks } from './attacks.js';

const [port = 0, index = 0, seconds = 0] = process.argv.slice(2).map(Number);
const attack = attacks[index];
if (!attack) throw new Error(`there is no attack ${index}`);
/** With more, file descriptors would be the limit. */
const maxSessions = 400;

const sessions = new Set<ClientHttp2Session>();
const timers: NodeJS.Timeout[] = [];
process.on('uncaughtException', () => undefined);

void attack.begin({
  port,
  session(windowBytes) {
    const session = openSession(port);
    if (windowBytes !== undefined) session.settings({ initialWindowSize: windowBytes });
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    return session;
  },
  repeat(perSecond, step) {
    timers.push(
      setInterval(() => {
        if (sessions.size < maxSessions) step();
      }, 1000 / perSecond),
    );
  },
});
await setTimeout(seconds * 1000);
for (const timer of timers) clearInterval(timer);
for (const session of sessions) session.destroy();
process.exit();
