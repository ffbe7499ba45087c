import type { MessageLine } from './message-line.js';

/** The format version (`docs/json.md`): raised only when a key is removed or changes its meaning. */
export const lineVersion = 1;

/** Returns one line without its end. */
export function jsonLine(line: MessageLine): string {
  const { type, sequence, id, timestamp, from, self, replay } = line;
  const common = { v: lineVersion, type, sequence, id, timestamp, from, self, replay };
  if (line.type === 'message') return encodeLine({ ...common, text: line.text });
  const { size, content, file } = line;
  return encodeLine({
    ...common,
    width: size?.width,
    height: size?.height,
    bytes: content.length,
    ...(file === undefined ? { base64: Buffer.from(content).toString('base64') } : { file }),
  });
}

/** Characters that JSON leaves as they are, but that could control a terminal or end a line for some readers. */
const unsafe = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Co}]/gu;

/** Returns one line that decodes to the exact text but is safe to show in a terminal. */
export function encodeLine(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value).replace(unsafe, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
