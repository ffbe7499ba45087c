import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyComposer } from '../composer/composer.js';
import { initialPreferences, notConfigured, type Preferences } from './preferences.js';
import {
  addChatChanges,
  addSettingChanges,
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
} from './remembered.js';
import { mergeDrafts, parseDrafts } from './saved-drafts.js';

const light = { ...notConfigured, settings: { theme: 'light' } } as const;

function chosen(changed: Partial<Preferences>, configured = notConfigured) {
  const before = preferencesOf(noSavedSettings, configured);
  return addSettingChanges(noSettingChanges, before, { ...before, ...changed });
}

describe('a setting', () => {
  test('is what the user chose last, before what config.toml says', () => {
    const saved = mergeSettings(noSavedSettings, chosen({ theme: 'dark', bell: 'all' }), light);
    expect(preferencesOf(saved, light)).toMatchObject({ theme: 'dark', bell: 'all' });
  });

  test('is what config.toml says once that was changed', () => {
    const saved = mergeSettings(noSavedSettings, chosen({ theme: 'dark' }), notConfigured);
    expect(preferencesOf(saved, light).theme).toBe('light');
  });

  test('that is not known stays in the file', () => {
    const later = parseSettings({ settings: { sidebar: { value: true, configured: null } } });
    const saved = mergeSettings(later ?? noSavedSettings, chosen({ bell: 'off' }), notConfigured);
    expect(saved.settings).toMatchObject({ sidebar: { value: true }, bell: { value: 'off' } });
  });

  test('with an impossible value is ignored', () => {
    const saved = parseSettings({ settings: { theme: { value: 'pink' }, bell: 5 } });
    expect(preferencesOf(saved ?? noSavedSettings, notConfigured)).toEqual(initialPreferences);
  });
});

test('highlighted words are those of config.toml and of /highlight, without those that were undone', () => {
  const configured = { ...notConfigured, highlights: ['Deploy', 'ops'] };
  const changes = chosen({ highlights: ['deploy', 'release'] }, configured);
  const saved = mergeSettings(noSavedSettings, changes, configured);
  expect(preferencesOf(saved, configured).highlights).toEqual(['deploy', 'release']);
});

describe('a chat', () => {
  const remembered = (changed: Partial<Remembered>): Remembered => ({
    preferences: initialPreferences,
    chat: undefined,
    sent: [],
    read: undefined,
    newest: undefined,
    drafts: { room: 0, composer: emptyComposer, others: new Map() },
    ...changed,
  });
  const changed = (part: Partial<Remembered>) =>
    addChatChanges(noChatChanges, remembered({}), remembered(part));
  const ignoring = (...ignored: string[]) => ({ preferences: { ...initialPreferences, ignored } });

  test('of two clients has what both sent, ignored and read', () => {
    const one = changed({ ...ignoring('ben'), sent: ['a', 'b'], read: 9, newest: 9 });
    const two = changed({ ...ignoring('carl'), sent: ['c', 'a'], read: 7, newest: 9 });
    let saved = mergeChat(noSavedChat, one, true);
    saved = mergeChat(saved, two, true);
    expect(saved.read).toBe(9);
    expect(mergeChat(saved, one, true)).toEqual({
      ignored: ['ben', 'carl'],
      read: 9,
      history: ['c', 'a', 'b'],
      rooms: {},
    });
  });

  test('of a log that was restored and is shorter now has its read position', () => {
    const saved = mergeChat({ ...noSavedChat, read: 500 }, changed({ read: 20, newest: 20 }), true);
    expect(saved.read).toBe(20);
  });

  test('has no history if config.toml says so', () => {
    const saved = mergeChat({ ...noSavedChat, history: ['old'] }, changed({ sent: ['new'] }), false);
    expect(saved.history).toEqual([]);
  });

  test('has a bounded history without huge entries', () => {
    const sent = Array.from({ length: 600 }, (_, index) => `${index}`);
    const saved = mergeChat(noSavedChat, changed({ sent: [...sent, 'x'.repeat(20_000)] }), true);
    expect(saved.history).toHaveLength(500);
    expect(saved.history.at(-1)).toBe('599');
    const large = Array.from({ length: 400 }, (_, index) => `${index}`.padEnd(10_000));
    const bounded = mergeChat(noSavedChat, changed({ sent: large }), true).history.join('');
    expect(bounded.length).toBeLessThanOrEqual(256 * 1024);
  });

  test('of a file has no control characters', () => {
    expect(parseChat({ history: ['a\u001b[2Jb', 5, null] })?.history).toEqual(['ab']);
  });
});

test('rooms of a file have only valid settings', () => {
  const rooms = {
    5: { notify: 'off', mutedUntilMs: -1, pinned: 'yes', hidden: true, colour: 'red' },
    6: { notify: 'loud' },
    7: [],
    ops: { pinned: true },
  };
  expect(parseChat({ rooms })?.rooms).toEqual({
    5: { notify: 'off', mutedUntilMs: 0, pinned: false, hidden: true },
  });
  expect(parseChat({ rooms: 5 })?.rooms).toEqual({});
});

describe('drafts', () => {
  test('of a file are bounded, without control characters and invalid rooms', () => {
    const drafts = { 0: 'a\u001b[2Jb', 5: 7, ops: 'x', 6: 'y'.repeat(300_000), '-1': 'z' };
    expect(parseDrafts({ drafts })).toEqual({ drafts: { 0: 'ab' } });
    expect(parseDrafts({ drafts: [] })).toBeUndefined();
    expect(parseDrafts({})).toEqual({ drafts: {} });
  });

  test('that only another client changed stay as they are', () => {
    const saved = { drafts: { 0: 'theirs', 5: 'old' } };
    const before = new Map([[5, 'old']]);
    expect(mergeDrafts(saved, before, before)).toEqual(saved);
    expect(mergeDrafts(saved, before, new Map([[6, 'new']]))).toEqual({ drafts: { 0: 'theirs', 6: 'new' } });
  });
});

test('any JSON object is read, or rejected as a whole', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (content) => {
      const given = content as Record<string, unknown>;
      const saved = parseSettings(given) ?? noSavedSettings;
      expect(preferencesOf(saved, notConfigured).theme).toBe('auto');
      expect(parseChat({ ...given, history: given })).toBeUndefined();
    }),
  );
});
