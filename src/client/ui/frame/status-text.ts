import type { Conversation } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { textWidth, truncate } from '../../terminal/text/text-width.js';
import type { AppState } from '../state/app-state.js';

/** The parts of the status line: `USER @ ADDRESS`, `connected`, `3 online`. Unknown parts are empty. */
export type StatusText = { readonly who: string; readonly phase: string; readonly online: string };

/** The texts of the status line for a state. */
export function statusText({ session, mode, address }: AppState, now: number): StatusText {
  // The login screen shows itself whether an attempt is running.
  if (!session)
    return { who: sanitiseLine(address), phase: mode.type === 'login' ? '' : 'connecting', online: '' };
  const { phase, online } = session;
  return {
    who: sanitiseLine(`${session.user} @ ${addressText(address, session)}`),
    phase: phaseText(session, now),
    online: online && phase.type === 'live' ? `${online.length} online` : '',
  };
}

const minWhoCells = 5;
const separator = 3;
const minLabelCells = 12;
const labelFromColumns = 50;

/** The label if the status line has space for it, else nothing. */
export function labelFor(columns: number, label: string): string {
  return columns >= labelFromColumns ? label : '';
}

/** The parts that fit into a row; the state of the connection is removed last. */
export function fitStatus({ who, phase, online }: StatusText, columns: number, label: string): StatusText {
  const labelCells = label === '' ? 0 : Math.max(minLabelCells, textWidth(label) + separator);
  const width = Math.max(1, columns - 2 - labelCells);
  const rest = phase === '' ? 0 : textWidth(phase) + separator;
  const withOnline = online === '' ? rest : rest + textWidth(online) + separator;
  if (textWidth(who) + withOnline <= width) return { who, phase, online };
  const availableCells = width - rest;
  return availableCells < minWhoCells
    ? { who: '', phase: truncate(phase, width), online: '' }
    : { who: truncate(who, availableCells), phase, online: '' };
}

/** The given address; of several, the one in use. */
function addressText(given: string, { phase, server }: Conversation): string {
  if (server === undefined || phase.type !== 'live') return given;
  return given.includes(',') ? server.address : `${given} (${server.address})`;
}

/** Why messages do not reach the log although the server answers; undefined if nothing is known against it. */
export function deliveryProblem({ phase, storageProblem, outbox }: Conversation): string | undefined {
  if (phase.type !== 'live') return undefined;
  if (storageProblem !== undefined) return `the server cannot store messages: ${storageProblem}`;
  const reason = outbox.paused?.reason;
  // A pause because of the rate ends by itself within seconds.
  return reason && reason.code !== 'rate-limited' ? `cannot send: ${reason.message}` : undefined;
}

function phaseText(session: Conversation, now: number): string {
  const { phase } = session;
  switch (phase.type) {
    case 'live': {
      const problem = deliveryProblem(session);
      return problem === undefined ? 'connected' : sanitiseLine(`connected · ${problem}`);
    }
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
