import { ChatError } from '../../shared/errors.js';
import { lobby, messageKind, type Detail, type Draft, type Participant } from '../../shared/message.js';
import type { Appended } from '../messages/message-log.js';
import type { PostMessage, Target } from '../messages/post-message.js';
import type { AccountNames } from '../accounts/account-names.js';
import type { FoldedLog } from './folded-log.js';
import { mentionedIn } from './mentions.js';
import type { OwnStates } from './own-state.js';
import { readOnly } from './read-log.js';

/** The room of a post and the sequence of the message that it replies to; 0: none. */
export type PostTarget = {
  readonly room: number;
  readonly replyTo: number;
  /** Names as the client sent them, and `mentionAll`. */
  readonly mentions?: readonly string[];
};

/** Posts a draft, which must have an id. Resolves, rejects and calls back as `PostMessage`, or with a rule of the room. */
export type PostToRoom = (
  author: Participant,
  draft: Draft,
  to: PostTarget,
  onAccepted?: () => void,
) => Promise<Appended>;

/** Posts to any room of a log. `noteSent` is called for each stored message. */
export function createPostToRoom(
  log: FoldedLog,
  post: PostMessage,
  names: () => AccountNames,
  noteSent: OwnStates['noteSent'],
): PostToRoom {
  const { rooms } = log;

  /** Why the message cannot be answered; what the author cannot see does not exist. */
  const replyProblem = async (
    { account }: Participant,
    { room, replyTo }: PostTarget,
  ): Promise<ChatError | undefined> => {
    if (replyTo === 0) return undefined;
    try {
      const [answered] = await readOnly({ log, rooms, account }, [replyTo]);
      const isThere = answered?.room === room && answered.kind === messageKind.message;
      return isThere ? undefined : new ChatError('no-such-room', 'no such message');
    } catch (error) {
      return ChatError.from(error);
    }
  };

  const postTo: PostToRoom = async (author, draft, to, onAccepted) => {
    if (draft.id === '') throw new ChatError('message-refused', 'the id is missing');
    const isPlain = to.room === lobby && to.replyTo === 0 && (to.mentions ?? []).length === 0;
    if (isPlain) return post(author.name, draft, undefined, onAccepted);
    const problem = await replyProblem(author, to);
    const target: Target = {
      detail: { ...detailOf(author, to), ...mentionedIn(rooms, names(), author, to) },
      check(message) {
        const placement = { room: to.room, kind: messageKind.message };
        const broken = rooms.verdict({ ...placement, message: () => message }) ?? problem;
        if (broken) throw broken;
      },
    };
    return post(author.name, draft, target, onAccepted);
  };

  return async (author, draft, to, onAccepted) => {
    const appended = await postTo(author, draft, to, onAccepted);
    noteSent(author.account, to.room, appended.sequence);
    return appended;
  };
}

/** The account is absent in the lobby. */
function detailOf({ account }: Participant, { room, replyTo }: PostTarget): Detail {
  return {
    ...{ room, kind: messageKind.message },
    ...(replyTo > 0 && { replyTo }),
    ...(room !== lobby && { account }),
  };
}
