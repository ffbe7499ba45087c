import { type Composer, draftText, unsentText } from '../composer/composer.js';

/** The unsent texts of a chat, by room number. */
export type Drafts = ReadonlyMap<number, string>;

/** As the file of a chat has them. */
export type SavedDrafts = { readonly drafts: Readonly<Record<string, string>> };

/** The drafts on the screen: that of the current room and those of the others. */
export type ShownDrafts = {
  readonly room: number;
  readonly composer: Composer;
  readonly others: ReadonlyMap<number, { readonly composer: Composer }>;
};

export const noSavedDrafts: SavedDrafts = { drafts: {} };

const maxDrafts = 1000;
const maxTotalLength = 256 * 1024;

/** Whether no draft can have changed. Cheap: asked after each event. */
export function areSameDrafts(one: ShownDrafts, other: ShownDrafts): boolean {
  return (
    one.room === other.room &&
    one.others === other.others &&
    one.composer.editor.text === other.composer.editor.text
  );
}

/** The texts that are not empty. */
export function draftsOf({ room, composer, others }: ShownDrafts): Drafts {
  const drafts = new Map([...others].map(([number, view]) => [number, unsentText(view.composer)]));
  drafts.set(room, unsentText(composer));
  return new Map([...drafts].filter(([, text]) => text !== ''));
}

/** For each room the last change wins, in whichever client; `before` is what this client knew of the file. */
export function mergeDrafts({ drafts }: SavedDrafts, before: Drafts, after: Drafts): SavedDrafts {
  const merged = new Map(Object.entries(drafts));
  for (const number of new Set([...before.keys(), ...after.keys()])) {
    const text = after.get(number);
    if (text === before.get(number)) continue;
    if (text === undefined) merged.delete(`${number}`);
    else merged.set(`${number}`, text);
  }
  return { drafts: bounded([...merged]) };
}

/** Undefined if the content of the file has another form. */
export function parseDrafts(content: unknown): SavedDrafts | undefined {
  const { drafts = {} } = content as Partial<Record<string, unknown>>;
  if (typeof drafts !== 'object' || drafts === null || Array.isArray(drafts)) return undefined;
  const texts = Object.entries(drafts).flatMap(([number, text]: [string, unknown]): [string, string][] =>
    typeof text === 'string' && /^\d{1,15}$/.test(number) ? [[number, draftText(text)]] : [],
  );
  return { drafts: bounded(texts) };
}

/** The shortest texts are kept if there is too much. */
function bounded(drafts: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  let length = 0;
  const kept = [...drafts]
    .sort(([, one], [, other]) => one.length - other.length)
    .slice(0, maxDrafts)
    .filter(([, text]) => text !== '' && (length += text.length) <= maxTotalLength);
  return Object.fromEntries(kept);
}
