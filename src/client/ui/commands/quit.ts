import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';

/** Leaves; where own messages wait to be sent it asks once, since they would be lost. */
export function quit(state: AppState): AppUpdate {
  const waiting = unsentKeys(state);
  const newest = waiting.at(-1);
  if (newest === undefined || newest === state.quitAskedFor) return [state, [{ type: 'quit' }]];
  return [
    {
      ...state,
      quitAskedFor: newest,
      notice: `${unsentText(waiting.length)}: the same again quits without.`,
    },
    [],
  ];
}

/** What a first Ctrl+C says. */
export function interruptNotice(state: AppState): string {
  const { length } = unsentKeys(state);
  const question = 'press Ctrl+C again to quit';
  return length === 0 ? question : `${question}. ${unsentText(length)}`;
}

function unsentText(count: number): string {
  return count === 1 ? 'A message is not sent yet' : `${count} messages are not sent yet`;
}

function unsentKeys({ session }: AppState): string[] {
  return (session?.outbox.entries ?? [])
    .filter(({ item }) => item.delivery.type === 'sending')
    .map(({ item }) => item.key);
}
