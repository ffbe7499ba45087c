import { isSameName } from '../../shared/fold-text.js';
import { contentType, mentionAll, type Draft, type Message } from '../../shared/message.js';
import { decodeText } from '../../shared/text.js';

/** As many as a message can name. */
const maxMentions = 100;

/** In no address of an email or a path: `@` begins a word. */
const mention = /(?<![\p{L}\p{N}_.@/-])@([A-Za-z0-9_.-]{1,33})(?![\p{L}\p{N}_@/])/gu;

/**
 * The names in a text that are written with `@`, to send with it: the server keeps those of users who can read the room. Of
 * a word that ends like a sentence both readings, since a name may end in `.` or `-`.
 */
export function mentionedNames({ type, content }: Pick<Draft, 'type' | 'content'>): readonly string[] {
  if (type !== contentType.text) return [];
  const names = new Set<string>();
  for (const [, word = ''] of decodeText(content).matchAll(mention)) {
    for (const name of [word, word.replace(/[.-]+$/, '')])
      if (name !== '') names.add(name.toLowerCase() === mentionAll ? mentionAll : name);
    if (names.size >= maxMentions) break;
  }
  return [...names].slice(0, maxMentions);
}

/** Whether a message mentions the user or all, as the server says or its text. */
export function isMentioned(user: string, message: Message): boolean {
  const names = [...(message.detail?.mentions ?? []), ...mentionedNames(message)];
  return names.some((name) => name === mentionAll || isSameName(name, user));
}
