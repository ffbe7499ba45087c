import type { MemberView, RoomView } from '../../../shared/room-answers.js';
import type { Editor } from '../composer/editor.js';
import type { HistorySearch } from '../composer/history-search.js';

/** The part of the screen that has the keyboard. */
export type Mode =
  | { readonly type: 'conversation' }
  | { readonly type: 'login'; readonly form: LoginForm }
  | Dialog
  | HistorySearch
  /** `copied`: what was copied last, as an index of `copyablesOf`. `asksToDelete`: whether the next key answers. */
  | {
      readonly type: 'selection';
      readonly key: string;
      readonly copied?: number;
      readonly asksToDelete?: boolean;
    };

export const conversation: Mode = { type: 'conversation' };

/** A key that changes the meaning of the next one. */
export type PendingKey =
  | { readonly type: 'prefix' }
  /** Until `untilMs`, in monotonic time, a second Ctrl+C quits. */
  | { readonly type: 'quit'; readonly untilMs: number };

/** Covers the conversation and has the keyboard. */
export type Dialog = TextDialog | Search | RoomPicker | RoomBrowser | EmojiPicker;

/** The help or a list of users. `top` is the first visible row. */
export type TextDialog = { readonly type: 'help' | 'users'; readonly top: number } | MemberList;

/** The members of a room. `count`: how many it had when the list was requested. */
export type MemberList = {
  readonly type: 'members';
  readonly top: number;
  readonly room: RoomView;
  readonly count: number;
  /** Those who are online first, then by name. */
  readonly members: readonly MemberView[];
  readonly progress: ListProgress;
};

/** The open rooms, by name. Enter joins the chosen one of those that contain the filter. */
export type RoomBrowser = {
  readonly type: 'room-browser';
  readonly filter: Editor;
  readonly rooms: readonly RoomView[];
  /** An index of those that contain the filter. */
  readonly chosen: number;
  readonly progress: ListProgress;
};

/** Of a list that the server sends in pages. `full`: there are more, which are not listed. */
export type ListProgress =
  { readonly type: 'loading' | 'done' | 'full' } | { readonly type: 'failed'; readonly reason: string };

/** An emoji and what it is called; the first name is that of Unicode. */
export type NamedEmoji = { readonly emoji: string; readonly names: readonly string[] };

/** The list of emoji, to react to the message with this key. `chosen`: an index of those that are found. */
export type EmojiPicker = {
  readonly type: 'emoji';
  readonly key: string;
  readonly query: Editor;
  readonly chosen: number;
};

/** The list of rooms, to go to one: as the room list has them, or the most urgent first. */
export type RoomPicker = {
  readonly type: 'rooms';
  readonly order: 'listed' | 'urgent';
  readonly query: Editor;
  /** The number of a room; by default the first. */
  readonly chosen: number | undefined;
};

/** A search for messages: the query and its hits; or, without a query, the mentions of the user in all rooms. */
export type Search = {
  readonly type: 'search';
  readonly what: 'texts' | 'mentions';
  readonly query: Editor;
  readonly asked: string | undefined;
  readonly hits: readonly SearchHit[];
  /** Whether there are more hits than these. */
  readonly hasMore: boolean;
  /** Opened with the earlier query, which the first typed text replaces. */
  readonly isReopened: boolean;
  readonly chosen: number;
  readonly progress:
    | { readonly type: 'idle' }
    | { readonly type: 'running' }
    | { readonly type: 'done'; readonly where: 'server' | 'loaded' }
    | { readonly type: 'failed'; readonly reason: string };
};

/** A message that contains the query. `sequence` is 0 if there is none. */
export type SearchHit = {
  readonly sequence: number;
  readonly key: string | undefined;
  /** If it may be in another room than the one in view: its number and name. */
  readonly place?: { readonly room: number; readonly label: string };
  readonly timestamp: number;
  readonly from: string;
  /** Not sanitised. */
  readonly text: string;
};

/** A field of the login screen. */
export type LoginField = 'address' | 'user' | 'password';

/** The login screen's state. */
export type LoginForm = {
  readonly fields: Readonly<Record<LoginField, Editor>>;
  readonly focus: LoginField;
  readonly problem: string | undefined;
  /** An attempt is running, and its outcome may change the form. Editing the form ends the attempt. */
  readonly busy: boolean;
  /** The form opened while the user was writing: what is typed was meant for a message, until Enter or Tab. */
  readonly ignoresTyping: boolean;
  readonly question: TrustQuestion | undefined;
};

/** Whether to trust an unknown certificate: its SHA-256, and its server as `host:port`. */
export type TrustQuestion = { readonly server: string; readonly fingerprint: string };

/** The dialog over the messages, if there is one. */
export function dialogOf(mode: Mode): Dialog | undefined {
  switch (mode.type) {
    case 'help':
    case 'users':
    case 'members':
    case 'search':
    case 'rooms':
    case 'room-browser':
    case 'emoji':
      return mode;
    default:
      return undefined;
  }
}

/** Whether the login screen belongs to the user: no attempt may change it, and no question is replaced. */
export function isBeingEdited(mode: Mode): boolean {
  return mode.type === 'login' && (!mode.form.busy || mode.form.question !== undefined);
}

export function loginFormOf(mode: Mode): LoginForm | undefined {
  return mode.type === 'login' ? mode.form : undefined;
}
