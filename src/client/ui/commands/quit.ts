import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';

/** Quits; asks once if there are pending messages, which would be lost. */
export function quit(state: AppState): AppUpdate {
  const pending = pendingKeys(state);
  const newest = pending.at(-1);
  if (newest === undefined || newest === state.quitAskedFor) return [state, [{ type: 'quit' }]];
  const text = `${pendingText(pending.length)}. Quit again to leave without sending.`;
  return [{ ...state, quitAskedFor: newest, notice: { tone: 'warning', text } }, []];
}

/** The notice of a first Ctrl+C. */
export function interruptNotice(state: AppState): string {
  const { length } = pendingKeys(state);
  const question = 'press Ctrl+C again to quit';
  return length === 0 ? question : `${question}. ${pendingText(length)}`;
}

function pendingText(count: number): string {
  return count === 1 ? '1 message is not sent yet' : `${count} messages are not sent yet`;
}

function pendingKeys({ session }: AppState): string[] {
  return (session?.outbox.entries ?? [])
    .filter(({ item }) => item.delivery.type === 'sending')
    .map(({ item }) => item.key);
}
