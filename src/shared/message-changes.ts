import { chat } from './generated/messages.js';
import { decoded, plainNumber } from './protobuf-values.js';

const { DeleteRequest, EditRequest, ReactRequest } = chat.v1;

/** A change of the message with the sequence `target`. `id`: the idempotency key, as of a message. */
export type MessageChange = { readonly target: number; readonly id: string };

/** Another text for a message. */
export type Edit = MessageChange & { readonly text: string };

/** All reactions of a user to a message; none: they are removed. */
export type React = MessageChange & { readonly emoji: readonly string[] };

export function encodeEdit(edit: Edit): Uint8Array {
  return EditRequest.encode(edit).finish();
}

export function decodeEdit(bytes: Uint8Array): Edit {
  const { target, text, id } = decoded('request', () => EditRequest.decode(bytes));
  return { target: plainNumber(target), text, id };
}

export function encodeDeletion(deletion: MessageChange): Uint8Array {
  return DeleteRequest.encode(deletion).finish();
}

export function decodeDeletion(bytes: Uint8Array): MessageChange {
  const { target, id } = decoded('request', () => DeleteRequest.decode(bytes));
  return { target: plainNumber(target), id };
}

export function encodeReact({ emoji, ...react }: React): Uint8Array {
  return ReactRequest.encode({ ...react, emoji: [...emoji] }).finish();
}

export function decodeReact(bytes: Uint8Array): React {
  const { target, emoji, id } = decoded('request', () => ReactRequest.decode(bytes));
  return { target: plainNumber(target), emoji, id };
}
