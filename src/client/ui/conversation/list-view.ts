import type { MessageList } from './message-list.js';

/** The message list as it is laid out now, and the rows and columns that its area has. */
export type ListView = {
  readonly source: MessageList;
  readonly height: number;
  readonly width: number;
};
