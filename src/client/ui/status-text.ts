import type { Phase } from '../session/state.js';
import { sanitiseLine } from '../terminal/sanitise.js';
import type { AppState } from './app-state.js';

/** The status line's parts: `USER @ ADDRESS`, `connected`, `3 online`. What is not known is empty. */
export type StatusText = { readonly who: string; readonly phase: string; readonly online: string };

/** What the status line says. */
export function statusText({ session, address }: AppState, now: number): StatusText {
  if (!session) return { who: sanitiseLine(address), phase: '', online: '' };
  const { phase, online } = session;
  return {
    who: sanitiseLine(`${session.user} @ ${address}`),
    phase: phaseText(phase, now),
    online: online && phase.type === 'live' ? `${online.length} online` : '',
  };
}

function phaseText(phase: Phase, now: number): string {
  switch (phase.type) {
    case 'live':
      return 'connected';
    case 'reconnecting': {
      const seconds = phase.retryAt === undefined ? 0 : Math.ceil((phase.retryAt - now) / 1000);
      return `reconnecting${seconds > 0 ? ` in ${seconds} s` : ''}, attempt ${phase.attempt}`;
    }
    case 'connecting':
    case 'refused':
    case 'closed':
      return phase.type;
  }
}
