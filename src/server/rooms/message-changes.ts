import { decodeTime } from 'ulid';
import type { Clock } from '../../shared/clock.js';
import { emptyMessage, encodeUnsequenced } from '../../shared/codec.js';
import { ChatError } from '../../shared/errors.js';
import { contentType, lobby, messageKind, type Message, type Participant } from '../../shared/message.js';
import type { Edit, MessageChange, React } from '../../shared/message-changes.js';
import {
  checkDraft,
  checkId,
  isEmoji,
  maxClockLeadMs,
  type ContentLimits,
} from '../../shared/message-rules.js';
import { encodeText } from '../../shared/text.js';
import type { AccountNames } from '../accounts/account-names.js';
import { decodedEntries } from '../messages/backward.js';
import { hasPlaceFor, removed } from '../messages/current-form.js';
import { removedKind, type Appended, type DecodedEntry } from '../messages/message-log.js';
import type { FoldedLog } from './folded-log.js';
import { readOnly } from './read-log.js';
import { messageDeleted, limitReached, noSuchMessage, notPermitted } from './room-errors.js';

/**
 * The changes of messages. Each resolves once it is durable and applied, for a repeat with the first sequence, and rejects
 * with the rule that forbids it. What the actor cannot see does not exist.
 */
export type MessageChanges = {
  edit(actor: Participant, edit: Edit): Promise<Appended>;
  delete(actor: Participant, deletion: MessageChange): Promise<Appended>;
  react(actor: Participant, react: React): Promise<Appended>;
};

type MessageChangesOptions = {
  readonly log: FoldedLog;
  readonly names: () => AccountNames;
  readonly limits: ContentLimits;
  readonly clock: Clock;
  /** Gets the `messageKind` of each stored entry. */
  readonly onAppended: (milliseconds: number, kind: number) => void;
};

/** What differs between the changes. `check` throws the rule that the change breaks. */
type Kind = {
  readonly kind: number;
  readonly content?: Uint8Array;
  readonly emoji?: readonly string[];
  readonly check?: (target: Message) => Promise<void> | void;
};

/** Creates the changes over a log. */
export function createMessageChanges(options: MessageChangesOptions): MessageChanges {
  const { log, names, limits, clock, onAppended } = options;
  const { rooms } = log;

  const targetOf = async ({ account }: Participant, sequence: number): Promise<DecodedEntry> => {
    const [found] = decodedEntries(await readOnly({ log, rooms, account }, [sequence]));
    if (found?.kind === removedKind.message) throw messageDeleted();
    if (found?.kind !== messageKind.message) throw noSuchMessage();
    return found;
  };

  /** Also undefined: the message of an account that no longer exists. */
  const isAuthor = ({ account, name }: Participant, { from, timestamp, detail }: Message): boolean => {
    if (detail?.account !== undefined) return detail.account === account;
    if (from.toLowerCase() !== name.toLowerCase()) return false;
    // Messages of the lobby have no account id: those of a former user of this name are older than the account.
    return !names().isReused(name) || timestamp >= decodeTime(account) + maxClockLeadMs;
  };

  const append = async (
    actor: Participant,
    { target, id }: MessageChange,
    { kind, content = emptyMessage, emoji, check }: Kind,
  ): Promise<Appended> => {
    if (log.removalProblem !== undefined && kind !== messageKind.react)
      throw notPermitted(log.removalProblem);
    if (id === '') throw new ChatError('message-refused', 'the id is missing');
    checkId(id);
    const startMs = performance.now();
    // A repeat gets its first answer, whatever the target is by now.
    const found = await targetOf(actor, target)
      .then(async (entry) => {
        await check?.(entry.message);
        return entry;
      })
      .catch((error: unknown) => ChatError.from(error));
    const room = found instanceof ChatError ? lobby : found.room;
    const appended = await log.append({
      ...{ room, kind, author: actor.name, id },
      ...(!(found instanceof ChatError) && kind !== messageKind.react && { original: original(found, kind) }),
      message() {
        if (found instanceof ChatError) throw found;
        const moderated = kind === messageKind.delete && !isAuthor(actor, found.message);
        const message: Message = {
          ...{ sequence: 0, id, from: actor.name, timestamp: clock.now(), content },
          type: kind === messageKind.edit ? contentType.text : contentType.unknown,
          detail: {
            ...{ room, kind, target, account: actor.account },
            ...(emoji && { emoji }),
            ...(moderated && { moderated }),
          },
        };
        const broken = rooms.verdict({ room, kind, message: () => message });
        if (broken) throw broken;
        return encodeUnsequenced(message);
      },
    });
    if (!appended.duplicate) onAppended(performance.now() - startMs, kind);
    return appended;
  };

  return {
    edit(actor, { text, ...change }) {
      const content = encodeText(text);
      return append(actor, change, {
        ...{ kind: messageKind.edit, content },
        check(target) {
          if (!isAuthor(actor, target)) throw notPermitted('only its author can edit a message');
          if (target.type !== contentType.text) throw notPermitted('only texts can be edited');
          checkDraft({ id: change.id, timestamp: 0, type: contentType.text, content }, limits);
        },
      });
    },
    delete: (actor, change) => append(actor, change, { kind: messageKind.delete }),
    react(actor, { emoji: requested, ...change }) {
      const emoji = [...new Set(requested)];
      return append(actor, change, {
        ...{ kind: messageKind.react, emoji },
        async check({ sequence, detail }) {
          if (!emoji.every(isEmoji)) throw new ChatError('usage', 'a reaction is one emoji of Unicode');
          const reactions = await log.reactions(detail?.room ?? lobby, sequence, sequence);
          if (hasPlaceFor(reactions.get(sequence) ?? [], { name: actor.name, emoji })) return;
          throw limitReached('a message has at most 20 different emoji');
        },
      });
    },
  };
}

/** What a store needs that has erased the message. */
function original({ message }: DecodedEntry, kind: number): Uint8Array {
  return encodeUnsequenced(
    kind === messageKind.delete ? removed(message) : { ...message, content: emptyMessage },
  );
}
