import type { Phase, SessionState } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { textWidth } from '../../terminal/text/text-width.js';
import { truncate } from '../../terminal/text/truncate.js';
import type { AppState } from '../state/app-state.js';

/** The status line's parts: `USER @ ADDRESS`, `connected`, `3 online`. What is not known is empty. */
export type StatusText = { readonly who: string; readonly phase: string; readonly online: string };

/** What the status line says. */
export function statusText({ session, mode, address }: AppState, now: number): StatusText {
  // The login screen says itself what it waits for.
  if (!session)
    return { who: sanitiseLine(address), phase: mode.type === 'login' ? '' : 'connecting', online: '' };
  const { phase, online } = session;
  return {
    who: sanitiseLine(`${session.user} @ ${addressText(address, session)}`),
    phase: phaseText(phase, now),
    online: online && phase.type === 'live' ? `${online.length} online` : '',
  };
}

const minWhoCells = 5;
const separator = 3;
const helpLabel = 12;

/** Whether the status line has room to say where help is. */
export function hasHelpLabel(columns: number): boolean {
  return columns >= 50;
}

/** The parts that fit into a row of so many columns: how the connection stands goes last. */
export function fitStatus({ who, phase, online }: StatusText, columns: number): StatusText {
  const width = Math.max(1, columns - 2 - (hasHelpLabel(columns) ? helpLabel : 0));
  const rest = phase === '' ? 0 : textWidth(phase) + separator;
  const withOnline = online === '' ? rest : rest + textWidth(online) + separator;
  if (textWidth(who) + withOnline <= width) return { who, phase, online };
  const room = width - rest;
  return room < minWhoCells
    ? { who: '', phase: truncate(phase, width), online: '' }
    : { who: truncate(who, room), phase, online: '' };
}

/** The address as given; of several, the one in use while there is one. */
function addressText(given: string, { phase, server }: SessionState): string {
  if (server === undefined || phase.type !== 'live') return given;
  return given.includes(',') ? server.address : `${given} (${server.address})`;
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
