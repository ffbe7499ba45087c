import { isLobbyMessage, lobbyMessages } from '../../src/server/messages/message-log.js';
import type { SearchScope } from '../../src/server/messages/search.js';

/** Of a search through the messages of the lobby. */
export const lobbyScope: SearchScope = { of: lobbyMessages, lowest: 0, isIncluded: isLobbyMessage };
