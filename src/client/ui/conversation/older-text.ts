import type { SessionState } from '../../session/state.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import type { Preferences } from '../preferences.js';

/** What stands above the oldest message: how it is with the pages before it. Undefined while that is not known. */
export function olderText({ older }: SessionState, { clearedKey }: Preferences): string | undefined {
  if (clearedKey !== undefined) return 'cleared · PgUp shows it again';
  switch (older.type) {
    case 'more':
      return undefined;
    case 'loading':
      return 'loading older messages…';
    case 'none':
      return 'beginning of the conversation';
    case 'full':
      return 'older messages: Ctrl+F or chat history';
    case 'failed':
      return `older messages did not come: ${sanitiseLine(older.reason.message)}`;
  }
}
