import type { MessageLine } from '../../../client/lines/message-line.js';

/** A message as environment variables, for the program of `--exec`. What is undefined is not set. */
export function messageVariables(line: MessageLine): Record<string, string> {
  const { type, sequence, id, timestamp, from, self, replay } = line;
  const variables: Readonly<Record<string, string | number | boolean | undefined>> = {
    TYPE: type,
    SEQUENCE: sequence,
    ID: id,
    TIMESTAMP: timestamp,
    FROM: from,
    SELF: self,
    REPLAY: replay,
    ...(line.type === 'message'
      ? { TEXT: line.text }
      : { WIDTH: line.size?.width, HEIGHT: line.size?.height, BYTES: line.content.length, FILE: line.file }),
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      // A variable ends at a NUL.
      value === undefined ? [] : [[`CHAT_MESSAGE_${name}`, String(value).replaceAll('\0', '\ufffd')]],
    ),
  );
}
