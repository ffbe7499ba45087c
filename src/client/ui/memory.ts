import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createMutex } from '../../shared/async/mutex.js';
import { raceTimeout } from '../../shared/async/with-timeout.js';
import type { Clock } from '../../shared/clock.js';
import { ChatError } from '../../shared/errors.js';
import { fileFailure } from '../../shared/file-failure.js';
import { foldText } from '../../shared/fold-text.js';
import { readOwnFile, replaceOwnFile } from '../system/private-file.js';
import { type Configured, type Preferences, roomsOf } from './state/preferences.js';
import {
  addChatChanges,
  addSettingChanges,
  type ChatId,
  mergeChat,
  mergeSettings,
  noChatChanges,
  noSavedChat,
  noSavedSettings,
  noSettingChanges,
  parseChat,
  parseSettings,
  preferencesOf,
  type Remembered,
  type LoadedChat,
} from './state/remembered.js';
import {
  areSameDrafts,
  type Drafts,
  draftsOf,
  mergeDrafts,
  noSavedDrafts,
  parseDrafts,
} from './state/saved-drafts.js';

/** Remembers the user's choices, drafts, what was sent and what was read, in files. No function rejects. */
export type Memory = {
  /** As stored and configured, at the start. */
  readonly preferences: Preferences;
  load(chat: ChatId): Promise<LoadedChat>;
  /** Saves what has changed, soon. Called after each change of the screen. */
  note(remembered: Remembered): void;
  /** Calls `warn` with each problem, once; also with those from before. */
  onProblem(warn: (text: string) => void): void;
  /** Saves the rest. */
  close(): Promise<void>;
};

/** The ports and settings of a memory. */
export type MemoryOptions = {
  /** Without a directory, nothing is stored. */
  readonly directory: string | undefined;
  readonly configured: Configured;
  /** Equal for all spellings of an address. */
  readonly serverName: (address: string) => string;
  readonly clock: Clock;
};

const version = 1;
const maxBytes = 1024 * 1024;
const saveDelayMs = 1000;
/** The drive may not answer. */
const closeTimeoutMs = 1000;
/** Of as many servers and users. */
const maxChatFiles = 200;

/** Reads the settings. */
export async function openMemory({
  directory,
  configured,
  serverName,
  clock,
}: MemoryOptions): Promise<Memory> {
  const inTurn = createMutex();
  const problems = new Set<string>();
  let warn: ((text: string) => void) | undefined;
  let before: Remembered | undefined;
  let settingChanges = noSettingChanges;
  let chatChanges = noChatChanges;
  let cancelTimer: (() => void) | undefined;
  let loaded: Pick<LoadedChat, 'ignored' | 'rooms'> = { ignored: [], rooms: new Map() };
  /** As this client read or wrote them last. */
  let storedDrafts: Drafts = new Map();

  const settings = storedFile('settings.json', {}, parseSettings, noSavedSettings);
  const preferences = preferencesOf(await settings.read(), configured);

  function filesOf({ address, user, logId = '' }: ChatId) {
    const server = serverName(address);
    // All three: a server could report the log id of another one.
    const identity = { server, user: foldText(user), log: logId };
    const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
    const label = `${identity.user}@${server}`.replace(/[^\w.@-]+/g, '_').slice(0, 80);
    const name = `${label}-${digest}.json`;
    return {
      chat: storedFile(join('servers', name), identity, parseChat, noSavedChat),
      // A file of their own: they are written while the user types, and the history is long.
      drafts: storedFile(join('drafts', name), identity, parseDrafts, noSavedDrafts),
    };
  }

  function report(problem: string): void {
    if (problems.has(problem)) return;
    problems.add(problem);
    warn?.(problem);
  }

  function save(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    const { chat, drafts } = before ?? {};
    const [toSettings, toChat] = [settingChanges, chatChanges];
    const [written, unsent] = [storedDrafts, chat && drafts ? draftsOf(drafts) : storedDrafts];
    storedDrafts = unsent;
    return inTurn(async () => {
      if (toSettings !== noSettingChanges) {
        await settings.update((saved) => mergeSettings(saved, toSettings, configured));
      }
      if (!chat) return;
      const files = filesOf(chat);
      if (toChat !== noChatChanges)
        await files.chat.update((saved) => mergeChat(saved, toChat, configured.keepsHistory));
      if (configured.keepsHistory && !areEqual(written, unsent))
        await files.drafts.update((saved) => mergeDrafts(saved, written, unsent));
    });
  }

  /** One file, read again before it is replaced. One that cannot be read is left as it is. */
  function storedFile<Saved>(
    name: string,
    identity: Readonly<Record<string, string>>,
    parse: (content: unknown) => Saved | undefined,
    empty: Saved,
  ) {
    const path = directory === undefined ? undefined : join(directory, name);

    async function content(): Promise<Readonly<Record<string, unknown>> | undefined> {
      const text = path === undefined ? undefined : await readOwnFile(path, maxBytes);
      if (text === undefined) return undefined;
      const parsed = parseJson(text);
      const isOurs = Object.entries(identity).every(([key, value]) => parsed?.[key] === value);
      if (parsed?.version === version && isOurs) return parsed;
      const isNewer = typeof parsed?.version === 'number' && parsed.version > version;
      throw new ChatError('usage', `${path} is ${isNewer ? 'of a newer version of chat' : 'damaged'}`);
    }

    function valid(raw: Readonly<Record<string, unknown>> | undefined): Saved {
      const saved = raw === undefined ? empty : parse(raw);
      if (saved === undefined) throw new ChatError('usage', `${path} is damaged`);
      return saved;
    }

    function unreadable(thrown: unknown): void {
      const { message, hint = 'Remove it, and it is written again' } = ChatError.from(thrown);
      report(`${message}: it is ignored and not changed. ${hint.replace(/\.$/, '')}.`);
    }

    return {
      async read(): Promise<Saved> {
        try {
          return valid(await content());
        } catch (thrown) {
          unreadable(thrown);
          return empty;
        }
      },
      async update(change: (saved: Saved) => Saved): Promise<void> {
        if (path === undefined || directory === undefined) return;
        let text: string;
        try {
          const raw = await content();
          const next = { version, ...raw, ...identity, ...change(valid(raw)) };
          text = `${JSON.stringify(next, undefined, 1)}\n`;
          if (raw !== undefined && text === `${JSON.stringify(raw, undefined, 1)}\n`) return;
        } catch (thrown) {
          unreadable(thrown);
          return;
        }
        try {
          await makePrivate(directory);
          await replaceOwnFile(path, text);
          await removeOldest(dirname(path));
        } catch (error) {
          report(`${path} cannot be written, so nothing is remembered: ${fileFailure(error)}.`);
        }
      },
    };
  }

  return {
    preferences,
    async load(chat) {
      const files = filesOf(chat);
      const saved = await files.chat.read();
      const unsent = await files.drafts.read();
      const { keepsHistory } = configured;
      if (!keepsHistory && unsent !== noSavedDrafts)
        void inTurn(() => files.drafts.update(() => noSavedDrafts));
      const { drafts } = keepsHistory ? unsent : noSavedDrafts;
      storedDrafts = new Map(Object.entries(drafts).map(([number, text]) => [Number(number), text]));
      const chatLoaded = {
        ...saved,
        rooms: roomsOf(saved.rooms),
        drafts,
        ...(!keepsHistory && { history: [] }),
      };
      loaded = chatLoaded;
      return chatLoaded;
    },
    note(after) {
      let known = before ?? { ...after, preferences, chat: undefined };
      settingChanges = addSettingChanges(settingChanges, known.preferences, after.preferences);
      if (known.chat !== after.chat) {
        // The changes so far belong to the chat before.
        void save();
        const { ignored, rooms } = loaded;
        const stored = { ...after.preferences, ignored, rooms };
        known = { ...after, preferences: stored, read: undefined, sent: [] };
        chatChanges = noChatChanges;
      }
      before = after;
      const isChanged =
        known.preferences !== after.preferences ||
        known.read !== after.read ||
        known.sent !== after.sent ||
        !areSameDrafts(known.drafts, after.drafts);
      if (!isChanged) return;
      if (after.chat) chatChanges = addChatChanges(chatChanges, known, after);
      cancelTimer ??= clock.after(saveDelayMs, () => void save());
    },
    onProblem(show) {
      warn = show;
      for (const problem of problems) show(problem);
    },
    async close() {
      await raceTimeout(closeTimeoutMs, save(), clock);
    },
  };
}

function areEqual(one: Drafts, other: Drafts): boolean {
  return one.size === other.size && [...one].every(([number, text]) => other.get(number) === text);
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { mode } = await stat(directory);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(directory, 0o700);
}

/** Each log that was ever visited leaves a file. */
async function removeOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= maxChatFiles) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return { path, changedMs: found?.mtimeMs ?? 0 };
    }),
  );
  const oldest = files.sort((one, other) => one.changedMs - other.changedMs);
  for (const { path } of oldest.slice(0, files.length - maxChatFiles)) await rm(path, { force: true });
}
