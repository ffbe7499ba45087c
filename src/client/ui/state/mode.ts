import type { Editor } from '../composer/editor.js';
import type { HistorySearch } from '../composer/history-search.js';

/** What has the keyboard. */
export type Mode =
  | { readonly type: 'conversation' }
  | { readonly type: 'login'; readonly form: LoginForm }
  | Dialog
  | HistorySearch
  /** `key`: that of the selected message. */
  | { readonly type: 'selection'; readonly key: string };

export const conversation: Mode = { type: 'conversation' };

/** A first key that gives the next one another meaning. */
export type PendingKey =
  | { readonly type: 'prefix' }
  /** Ctrl+C: a second one quits until `untilMs`, in monotonic time. */
  | { readonly type: 'quit'; readonly untilMs: number };

/** What covers the conversation. It has the keyboard while it is open. */
export type Dialog = TextDialog | Search;

/** A text to read: the help, or who is online. `top` is its first visible row. */
export type TextDialog = { readonly type: 'help' | 'users'; readonly top: number };

/** The search for messages: the query and its hits. */
export type Search = {
  readonly type: 'search';
  readonly query: Editor;
  /** The query that the hits belong to; undefined before the first search. */
  readonly asked: string | undefined;
  /** Newest first. */
  readonly hits: readonly SearchHit[];
  /** The index of the chosen hit. */
  readonly chosen: number;
  readonly progress:
    | { readonly type: 'idle' }
    | { readonly type: 'running' }
    /** `where`: what was searched. */
    | { readonly type: 'done'; readonly where: 'server' | 'loaded' }
    | { readonly type: 'failed'; readonly reason: string };
};

/** A message that contains the query. */
export type SearchHit = {
  /** 0 if the message has no sequence. */
  readonly sequence: number;
  /** Its key in the timeline, if it was found there. */
  readonly key: string | undefined;
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
  /** Why the last attempt failed. */
  readonly problem: string | undefined;
  /** Whether an attempt is running. */
  readonly busy: boolean;
  readonly question: TrustQuestion | undefined;
};

/** Whether to trust a certificate that is new here: its SHA-256, and its server as `host:port`. */
export type TrustQuestion = { readonly server: string; readonly fingerprint: string };

export function dialogOf(mode: Mode): Dialog | undefined {
  return mode.type === 'help' || mode.type === 'users' || mode.type === 'search' ? mode : undefined;
}

export function loginFormOf(mode: Mode): LoginForm | undefined {
  return mode.type === 'login' ? mode.form : undefined;
}
