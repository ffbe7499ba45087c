import type { chat } from './generated/messages.js';
import { messageKind, type Detail, type MemberChange, type Participant, type RoomChange } from './message.js';
import { plainNumber } from './protobuf-values.js';

type EncodedDetail = chat.v1.Detail.$Properties;

export function encodableDetail({ roomChange, ...detail }: Detail): EncodedDetail {
  return {
    ...detail,
    ...(roomChange && { roomChange: { ...roomChange, members: [...roomChange.members] } }),
  };
}

/** Nothing in it has been checked. */
export function plainDetail({
  room,
  kind,
  replyTo,
  account,
  roomChange,
  memberChange,
}: EncodedDetail): Detail {
  const answered = plainNumber(replyTo);
  return {
    room: plainNumber(room),
    kind: kind ?? messageKind.message,
    ...(account && { account }),
    ...(answered > 0 && { replyTo: answered }),
    ...(roomChange && { roomChange: plainRoomChange(roomChange) }),
    ...(memberChange && { memberChange: plainMemberChange(memberChange) }),
  };
}

function plainRoomChange(change: chat.v1.RoomChange.$Properties): RoomChange {
  return {
    what: change.what ?? 0,
    name: change.name ?? '',
    topic: change.topic ?? '',
    type: change.type ?? 0,
    past: change.past ?? 0,
    members: (change.members ?? []).map(plainParticipant),
  };
}

function plainMemberChange(change: chat.v1.MemberChange.$Properties): MemberChange {
  return {
    ...plainParticipant(change),
    what: change.what ?? 0,
    until: plainNumber(change.until),
    role: change.role ?? 0,
  };
}

function plainParticipant({ account, name }: chat.v1.Participant.$Properties): Participant {
  return { account: account ?? '', name: name ?? '' };
}
