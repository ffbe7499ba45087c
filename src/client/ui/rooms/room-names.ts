import { roomType } from '../../../shared/message.js';
import { isSameName } from '../../../shared/fold-text.js';
import type { RoomView } from '../../../shared/room-answers.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';

/** `#ops`, or `@ben, @carl` for a direct room. Sanitised. */
export function roomLabel({ type, name, number, participants }: RoomView, user: string): string {
  if (type !== roomType.direct) return sanitiseLine(name === '' ? `room ${number}` : `#${name}`);
  const others = participants.filter((each) => !isSameName(each, user));
  // A direct room whose other members were removed.
  const names = others.length > 0 ? others : [user];
  return sanitiseLine(names.map((each) => `@${each}`).join(', '));
}
