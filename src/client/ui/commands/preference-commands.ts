import type { AppUpdate } from '../state/app-event.js';
import type { AppState } from '../state/app-state.js';
import { newestKey } from '../conversation/reading.js';
import { newest } from '../state/reading.js';
import { bellModes, type Preferences, themeModes } from '../state/preferences.js';
import { foldText } from '../../../shared/fold-text.js';

/** The commands that change a preference. */
export type PreferenceCommand = 'highlight' | 'ignore' | 'unignore' | 'bell' | 'theme' | 'clear';

/** So many words and names are kept. */
const mostKept = 100;

/** Carries one out: `done` is the state with an empty draft; `state` keeps the command, for what was mistyped. */
export function runPreferenceCommand(
  state: AppState,
  done: AppState,
  name: PreferenceCommand,
  argument: string,
): AppUpdate {
  const { preferences } = state;
  const { highlights, ignored, bell, theme } = preferences;
  const tell = (notice: string): AppUpdate => [{ ...done, notice }, []];
  const refuse = (notice: string): AppUpdate => [{ ...state, notice }, []];
  const change = (changed: Partial<Preferences>, notice: string): AppUpdate => [
    { ...done, preferences: { ...preferences, ...changed }, notice },
    [],
  ];
  // Completed names end in a colon at the start of a draft.
  const word = argument.replace(/[:,]$/, '');
  const key = foldText(word);
  switch (name) {
    case 'highlight':
      if (word === '') {
        return tell(
          highlights.length === 0
            ? 'Highlighted: your name.'
            : `Highlighted: your name, ${highlights.join(', ')}.`,
        );
      }
      return highlights.includes(key)
        ? change({ highlights: without(highlights, key) }, `${word} is no longer highlighted.`)
        : change(
            { highlights: withWord(highlights, key) },
            `${word} is highlighted. The same command again ends it.`,
          );
    case 'ignore':
      if (word === '')
        return tell(ignored.length === 0 ? 'Nobody is ignored.' : `Ignored: ${ignored.join(', ')}.`);
      if (key === foldText(state.session?.user ?? '')) return refuse('Your own messages are always shown.');
      return change({ ignored: withWord(ignored, key) }, `${word} is ignored. /unignore ${word} ends it.`);
    case 'unignore':
      return ignored.includes(key)
        ? change({ ignored: without(ignored, key) }, `${word} is shown again.`)
        : refuse(ignored.length === 0 ? 'Nobody is ignored.' : `Ignored: ${ignored.join(', ')}.`);
    case 'bell': {
      const mode = bellModes.find((known) => known === key);
      if (mode) return change({ bell: mode }, `The bell is for: ${mode}.`);
      return word === ''
        ? tell(`The bell is for: ${bell}.`)
        : refuse('/bell off, /bell mentions or /bell all');
    }
    case 'theme': {
      const mode = themeModes.find((known) => known === key);
      if (mode) return change({ theme: mode }, themeText(mode, state.background));
      return word === ''
        ? tell(themeText(theme, state.background))
        : refuse('/theme auto, /theme light or /theme dark');
    }
    case 'clear':
      return [
        {
          ...done,
          preferences: { ...preferences, clearedKey: newestKey(state) },
          viewport: newest,
          seenKey: undefined,
          notice: 'Cleared. PgUp shows it again.',
        },
        [],
      ];
  }
}

function themeText(mode: Preferences['theme'], background: AppState['background']): string {
  if (mode !== 'auto') return `The colours are for a ${mode} background.`;
  return background === undefined
    ? 'The colours are for every background: the terminal does not tell its own.'
    : `The colours are for a ${background} background, as the terminal says.`;
}

function withWord(words: readonly string[], word: string): readonly string[] {
  return [...without(words, word), word].slice(-mostKept);
}

function without(words: readonly string[], word: string): readonly string[] {
  return words.filter((known) => known !== word);
}
