import { randomBytes } from 'node:crypto';
import type { Append } from '../../../src/server/messages/message-log.js';
import { emptyMessage, encodeUnsequenced } from '../../../src/shared/codec.js';
import {
  contentType,
  memberChange,
  messageKind,
  past,
  roomRole,
  roomType,
} from '../../../src/shared/message.js';
import { accountId } from '../data-with-messages.js';
import { pngOf } from '../test-png.js';
import type { RoomsClient } from '../rooms-client.js';

/**
 * Who looks at the server in the end:
 * - bert: a member of the rooms of the story from their beginning
 * - lars: joined the closed room `new` late, in which the past is hidden
 * - lena: joined the closed room `old` late, in which the past is visible
 * - fred and rita: were members of `new` and left, or were removed
 * - eve: a stranger, who makes base calls too
 * - tom: has a direct room with anna, but is not in that of anna and bert
 * - carl: has the name of a removed user, who had a direct room with anna
 * - nora: joined `new` after its last message
 * - ben: is banned from the open room `club`
 */
export const viewers = ['bert', 'lars', 'lena', 'fred', 'rita', 'eve', 'tom', 'carl', 'nora', 'ben'] as const;
export type Viewer = (typeof viewers)[number];

/** The time is in the entries, which must be the same on all servers. */
export const storyTimeMs = 1_700_000_000_000;

/** Is a member of closed rooms and nothing else. */
const hermit = 'hermit';
export const userNames = ['anna', ...viewers, 'pat', hermit];

const everyone = viewers;
const notBanned = viewers.filter((viewer) => viewer !== 'ben');

/** The strings of the story, and who may learn them. Everybody else must not. */
const knownTo = {
  publicText: everyone,
  openName: everyone,
  openTopic: everyone,
  openText: everyone,
  clubName: notBanned,
  clubTopic: notBanned,
  clubText: notBanned,
  newName: ['bert', 'lars', 'nora'],
  newFirstTopic: ['bert'],
  newTopic: ['bert', 'lars', 'nora'],
  newEarlyText: ['bert'],
  newImage: ['bert'],
  newMiddleText: ['bert'],
  ritaText: ['bert'],
  newLateText: ['bert', 'lars'],
  newLiveText: ['bert', 'lars'],
  newEditedText: ['bert', 'lars'],
  newLatestText: ['bert', 'lars'],
  newDroppedText: ['bert', 'lars'],
  oldName: ['bert', 'lena'],
  oldTopic: ['bert', 'lena'],
  oldEarlyText: ['bert', 'lena'],
  oldLateText: ['bert', 'lena'],
  oldLiveText: ['bert', 'lena'],
  directText: ['bert'],
  directLiveText: ['bert'],
  tomText: ['tom'],
  carlText: [],
  archivedName: ['bert'],
  archivedText: ['bert'],
  lostName: [],
  paddingName: [],
  paddingText: [],
} as const satisfies Record<string, readonly Viewer[]>;

export type Secret = keyof typeof knownTo;
export const secrets = Object.keys(knownTo) as Secret[];

export function isKnownTo(secret: Secret, viewer: Viewer): boolean {
  return (knownTo[secret] as readonly Viewer[]).includes(viewer);
}

/** Who may learn whether a guess is right: a banned user is told why it cannot join a room of this name. */
export function isConfirmedTo(secret: Secret, viewer: Viewer): boolean {
  return isKnownTo(secret, viewer) || (secret === 'clubName' && viewer === 'ben');
}

/** Unique strings of room names' form, all of one length. */
export function chooseSecrets(): ReadonlyMap<Secret, string> {
  return new Map(secrets.map((secret) => [secret, `s${randomBytes(10).toString('hex')}`]));
}

export type Rooms = Record<
  'new' | 'old' | 'direct' | 'tom' | 'carl' | 'archived' | 'lost' | 'open' | 'club',
  number
>;

/** The parts of a server in which the story happens. */
export type Stage = {
  readonly client: (name: string) => RoomsClient;
  readonly text: (secret: Secret) => string;
  /** Adds an entry that no method of the server writes yet. */
  readonly append: (append: Append) => Promise<void>;
  readonly rooms: Partial<Rooms>;
};

/** Each event adds one entry to the log. */
export type StoryEvent = {
  /** Those to whom the event is no secret. For others, the log might as well contain another entry. */
  readonly for: readonly Viewer[];
  readonly happen: (stage: Stage) => Promise<unknown>;
};

type RoomName = keyof Rooms;

function numberOf({ rooms }: Stage, name: RoomName): number {
  const number = rooms[name];
  if (number === undefined) throw new Error(`the room ${name} is not created yet`);
  return number;
}

const create =
  (name: RoomName, secret: Secret, more: Parameters<RoomsClient['create']>[1], topic?: Secret) =>
  async (stage: Stage): Promise<void> => {
    const request = { ...more, ...(topic && { topic: stage.text(topic) }) };
    stage.rooms[name] = (await stage.client('anna').create(stage.text(secret), request)).number;
  };

/** The id of a message of anna, which means nothing for others. */
export const idOf = (secret: Secret): string => `id-${secret}`;

const post =
  (who: string, room: RoomName, secret: Secret) =>
  (stage: Stage): Promise<unknown> => {
    const id = who === 'anna' ? idOf(secret) : `of-${who}-${secret}`;
    const mentions = ['all', ...viewers];
    return stage.client(who).post(numberOf(stage, room), stage.text(secret), { id, mentions });
  };

const change =
  (who: string, verb: 'invite' | 'remove' | 'leave', room: RoomName, name = '') =>
  (stage: Stage): Promise<void> =>
    stage.client(who)[verb](numberOf(stage, room), name);

/** By anna, of the message with this text. */
const changed =
  (secret: Secret, change: (anna: RoomsClient, target: number, stage: Stage) => Promise<unknown>) =>
  async (stage: Stage): Promise<void> => {
    const anna = stage.client('anna');
    const [message] = await anna.search(stage.text(secret));
    await change(anna, message?.sequence ?? 0, stage);
  };

const direct =
  (room: RoomName, name: string) =>
  async (stage: Stage): Promise<void> => {
    stage.rooms[room] = (await stage.client('anna').direct(name)).number;
  };

function ban(room: number, name: string): Append {
  const placement = { room, kind: messageKind.member };
  const change = {
    what: memberChange.banned,
    name,
    account: idOfUser(name),
    until: 0,
    role: roomRole.member,
  };
  const detail = { ...placement, account: idOfUser('anna'), memberChange: change };
  const content = { type: contentType.unknown, content: emptyMessage };
  const message = { id: '', from: 'anna', timestamp: storyTimeMs, ...content, detail };
  return { ...placement, author: 'anna', id: '', message: () => encodeUnsequenced(message) };
}

const idOfUser = (name: string): string => accountId(userNames.indexOf(name));

/** What has happened before anybody looks. */
export const earlier: readonly StoryEvent[] = [
  { for: everyone, happen: ({ client, text }) => client('anna').sendText(text('publicText')) },
  {
    for: ['bert', 'lars', 'fred', 'rita', 'nora'],
    happen: create('new', 'newName', { members: ['bert', hermit], past: past.fromJoining }, 'newFirstTopic'),
  },
  {
    for: ['bert', 'lena'],
    happen: create('old', 'oldName', { members: ['bert', hermit], past: past.all }, 'oldTopic'),
  },
  { for: ['bert'], happen: post('anna', 'new', 'newEarlyText') },
  { for: ['bert', 'lena'], happen: post('anna', 'old', 'oldEarlyText') },
  {
    for: ['bert'],
    happen: (stage) => {
      const content = Buffer.concat([pngOf(64), Buffer.from(stage.text('newImage'))]);
      const draft = { type: contentType.image, content, id: 'image' };
      return stage.client('bert').post(numberOf(stage, 'new'), '', draft);
    },
  },
  { for: ['bert', 'fred'], happen: change('anna', 'invite', 'new', 'fred') },
  { for: ['bert'], happen: post('anna', 'new', 'newMiddleText') },
  { for: ['bert', 'fred'], happen: change('fred', 'leave', 'new') },
  { for: ['bert', 'rita'], happen: change('bert', 'invite', 'new', 'rita') },
  { for: ['bert'], happen: post('rita', 'new', 'ritaText') },
  { for: ['bert', 'rita'], happen: change('anna', 'remove', 'new', 'rita') },
  {
    for: ['bert', 'lars', 'nora'],
    happen: (stage) =>
      stage.client('anna').update({ room: numberOf(stage, 'new'), topic: stage.text('newTopic') }),
  },
  { for: ['bert', 'lars', 'nora'], happen: change('anna', 'invite', 'new', 'lars') },
  { for: ['bert', 'lena'], happen: change('anna', 'invite', 'old', 'lena') },
  { for: ['bert', 'lars'], happen: post('bert', 'new', 'newLateText') },
  { for: ['bert', 'lena'], happen: post('bert', 'old', 'oldLateText') },
  { for: ['bert'], happen: direct('direct', 'bert') },
  { for: ['bert'], happen: post('bert', 'direct', 'directText') },
  { for: ['tom'], happen: direct('tom', 'tom') },
  { for: ['tom'], happen: post('anna', 'tom', 'tomText') },
  { for: [], happen: create('lost', 'lostName', { members: ['carl'] }) },
  { for: [], happen: direct('carl', 'carl') },
  { for: [], happen: post('carl', 'carl', 'carlText') },
  {
    for: ['bert'],
    happen: create('archived', 'archivedName', { members: ['bert'] }),
  },
  { for: ['bert'], happen: post('anna', 'archived', 'archivedText') },
  {
    for: ['bert'],
    happen: (stage) => stage.client('anna').update({ room: numberOf(stage, 'archived'), archived: true }),
  },
  { for: everyone, happen: create('club', 'clubName', { type: roomType.open }, 'clubTopic') },
  { for: notBanned, happen: post('anna', 'club', 'clubText') },
  { for: everyone, happen: (stage) => stage.append(ban(numberOf(stage, 'club'), 'ben')) },
  { for: everyone, happen: create('open', 'openName', { type: roomType.open }, 'openTopic') },
  { for: everyone, happen: post('anna', 'open', 'openText') },
];

/** What happens while everybody reads. */
export const live: readonly StoryEvent[] = [
  { for: ['bert', 'lars'], happen: post('anna', 'new', 'newLiveText') },
  { for: ['bert', 'lars'], happen: post('anna', 'new', 'newDroppedText') },
  { for: ['bert', 'lena'], happen: post('anna', 'old', 'oldLiveText') },
  {
    for: everyone,
    happen: (stage) =>
      stage.client('anna').post(numberOf(stage, 'open'), 'live in the open room', { id: 'live' }),
  },
  { for: ['bert'], happen: post('anna', 'direct', 'directLiveText') },
  // Of a message that lars cannot see.
  { for: ['bert'], happen: changed('newEarlyText', (anna, target) => anna.react(target, ['👍'], 'early')) },
  {
    for: ['bert', 'lars'],
    happen: changed('newLiveText', (anna, target, { text }) =>
      anna.edit(target, text('newEditedText'), 'edit'),
    ),
  },
  { for: ['bert', 'lena'], happen: changed('oldLiveText', (anna, target) => anna.delete(target, 'delete')) },
  { for: everyone, happen: changed('publicText', (anna, target) => anna.react(target, ['👍'], 'public')) },
  { for: ['bert', 'lars', 'nora'], happen: change('anna', 'remove', 'new', hermit) },
  { for: ['bert', 'lars', 'nora'], happen: change('anna', 'invite', 'new', 'nora') },
  {
    for: ['bert', 'lars'],
    happen: changed('newEditedText', (anna, target) => anna.react(target, ['🎉'], 'late')),
  },
  {
    for: ['bert', 'lars'],
    happen: changed('newEditedText', (anna, target, { text }) =>
      anna.edit(target, text('newLatestText'), 'edit-again'),
    ),
  },
  {
    for: ['bert', 'lars'],
    happen: changed('newDroppedText', (anna, target) => anna.delete(target, 'delete-late')),
  },
  { for: everyone, happen: ({ client }) => client('anna').sendText('live in the lobby') },
];
