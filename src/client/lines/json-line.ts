import type { MessageLine } from './message-line.js';

/** The version of the lines' form (`docs/json.md`): raised only when a key changes its meaning or goes. */
export const lineVersion = 1;

/** One message as a JSON object, without a line end. */
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

/** What could drive or mislead a terminal beyond what JSON itself escapes, and what ends a line for some readers. */
const unsafe = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Co}]/gu;

/** A JSON object on one line, its text exact and yet safe to show. What is undefined is left out. */
export function encodeLine(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value).replace(unsafe, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
