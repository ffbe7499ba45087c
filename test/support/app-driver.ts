import { contentType, lobby, messageKind, roomType, type Message } from '../../src/shared/message.js';
import type { RoomView } from '../../src/shared/room-answers.js';
import { decodeText, encodeText } from '../../src/shared/text.js';
import type { SessionEvent } from '../../src/client/session/events.js';
import {
  initialState,
  seenFrom,
  unknownRoom,
  type Conversation,
  type SessionState,
} from '../../src/client/session/state.js';
import { update } from '../../src/client/session/update.js';
import type { TerminalInput } from '../../src/client/terminal/input/terminal-input.js';
import type { AppEffect, AppEvent } from '../../src/client/ui/state/app-event.js';
import { type AppState, initialAppState } from '../../src/client/ui/state/app-state.js';
import { createDraftLayout } from '../../src/client/ui/composer/composer-layout.js';
import { mentionsOf, mentionTest } from '../../src/client/ui/attention/attention.js';
import { type ListView, MessageList, RowCache } from '../../src/client/ui/conversation/message-list.js';
import { unknownColours } from '../../src/client/terminal/colour/terminal-colours.js';
import { themeFor } from '../../src/client/ui/theme/theme.js';
import { updateApp } from '../../src/client/ui/update/update-app.js';

const height = 10;
const sessionCommands: ReadonlySet<AppEffect['type']> = new Set([
  ...(['view-room', 'mark-read', 'mark-unread', 'configure', 'end-mutes'] as const),
]);
/** The look of the driver's list. */
export const look = {
  width: 60,
  nameCells: 5,
  depth: 'none',
  theme: themeFor(unknownColours, 'none'),
  imageBox: undefined,
  markdown: true,
  links: false,
} as const;

/** Drives the state of the screen by events and records its effects. */
export class AppDriver {
  state: AppState;
  effects: AppEffect[] = [];
  now = 1_000_000;
  /** Of the screen. */
  columns: number = look.width;
  /** What a wheel does that is over the room list. */
  wheelRoomList: (rows: number) => number | undefined = () => undefined;
  /** The room that the room list shows in a cell. */
  roomAt: (cell: { x: number; y: number }) => number | undefined = () => undefined;
  /** What the server says; `session` is as seen from the current room. */
  known: SessionState = initialState('user1');

  constructor(state: AppState = initialAppState('localhost', undefined)) {
    this.state = state;
  }

  get session(): Conversation {
    return seenFrom(this.known, this.state.room);
  }

  get view(): ListView {
    const cache = new RowCache({ ...look, mentions: mentionsOf(this.state) }, () => undefined);
    const { text, cursor } = this.state.composer.editor;
    const draft = createDraftLayout()(text, cursor, look.width - 4);
    return {
      source: new MessageList(this.session, cache, this.state),
      height,
      width: look.width,
      columns: this.columns,
      scrolledRoomList: (...[, , rows]) => this.wheelRoomList(rows),
      roomAt: (x, y) => this.roomAt({ x, y }),
      draft,
    };
  }

  send(event: AppEvent): this {
    const [state, effects] = updateApp(this.state, event, this.view);
    this.state = state;
    this.effects.push(...effects);
    // The session is told at once, as by the effect runner.
    const commands = effects.filter(({ type }) => sessionCommands.has(type));
    if (commands.length > 0) this.sessionEvents(...(commands as SessionEvent[]));
    return this;
  }

  input(...inputs: TerminalInput[]): this {
    for (const input of inputs) this.send({ type: 'input', input, at: this.now });
    return this;
  }

  keys(...keys: string[]): this {
    return this.input(...keys.map((key) => ({ type: 'key', key }) as const));
  }

  type(text: string): this {
    return this.input({ type: 'text', text });
  }

  /** Applies events to the session, then its new state to the screen. */
  sessionEvents(...events: SessionEvent[]): this {
    const moment = { now: this.now, wall: this.now, random: 0.5, isMention: mentionTest(() => this.state) };
    for (const event of events) [this.known] = update(this.known, event, moment);
    return this.send({ type: 'session-changed', session: this.known, at: this.now });
  }

  connect(messages: readonly Message[] = []): this {
    const opened = { type: 'opened', logId: 'log', head: messages.length, resumed: false } as const;
    return this.sessionEvents(
      { type: 'reconnect' },
      { type: 'opened', opened: { ...opened, maxTextBytes: 100, maxImageBytes: 1000 } },
      { type: 'received', messages },
    );
  }

  /** As `connect`, to a server with the lobby and these rooms, and without messages. */
  connectWithRooms(...rooms: readonly RoomView[]): this {
    const roomList = { upTo: 0, rooms: [{ ...unknownRoom(lobby), newest: 0 }, ...rooms] };
    const opened = { type: 'opened', logId: 'log', head: 0, resumed: false, hasRooms: true } as const;
    return this.sessionEvents(
      { type: 'reconnect' },
      { type: 'opened', opened: { ...opened, roomList, maxTextBytes: 100, maxImageBytes: 1000 } },
      { type: 'received', messages: [] },
    );
  }

  receiveIn(room: number, sequence: number, from?: string, text?: string): this {
    const detail = { room, kind: messageKind.message };
    return this.sessionEvents({ type: 'received', messages: [{ ...message(sequence, from, text), detail }] });
  }

  receive(sequence: number, from?: string, text?: string): this {
    return this.sessionEvents({ type: 'received', messages: [message(sequence, from, text)] });
  }

  /** The text of the notice. */
  get notice(): string | undefined {
    const { notice } = this.state;
    return typeof notice === 'object' ? notice.text : notice;
  }

  get draft(): string {
    return this.state.composer.editor.text;
  }

  /** The texts in the list, oldest first. */
  shownTexts(): string[] {
    const { source } = this.view;
    return Array.from({ length: source.count }, (_, index) => {
      const item = source.itemAt(index);
      return item ? decodeText(item.message.content) : '';
    });
  }

  asked<Type extends AppEffect['type']>(type: Type): Extract<AppEffect, { type: Type }>[] {
    return this.effects.filter(
      (effect): effect is Extract<AppEffect, { type: Type }> => effect.type === type,
    );
  }

  wait(delayMs: number): this {
    this.now += delayMs;
    return this.send({ type: 'timer-fired', at: this.now });
  }

  /** The submitted texts, with `image` for an image. */
  submitted(): string[] {
    return this.effects.flatMap((effect) =>
      effect.type === 'submit'
        ? [effect.contentType === contentType.text ? decodeText(effect.content) : 'image']
        : [],
    );
  }
}

/** A text of another user, as a server sends it. */
export function message(sequence: number, from = 'user2', text = `message ${sequence}`): Message {
  const content = encodeText(text);
  return { sequence, id: `id${sequence}`, from, timestamp: 1_000_000, type: contentType.text, content };
}

/** An open room. */
export function roomNamed(number: number, name: string, changed: Partial<RoomView> = {}): RoomView {
  return { ...unknownRoom(number), name, ...changed };
}

/** The direct room of user1 and others. */
export function directRoom(number: number, ...others: readonly string[]): RoomView {
  return roomNamed(number, '', { type: roomType.direct, participants: ['user1', ...others] });
}

/** Numbers of rooms. */
export const [ops, random, ben] = [5, 6, 7];

/** In the lobby, `#ops`, `#random` and with ben. */
export function connectedToRooms(): AppDriver {
  const rooms = [roomNamed(ops, 'ops'), roomNamed(random, 'random'), directRoom(ben, 'ben')];
  return new AppDriver().connectWithRooms(...rooms);
}
