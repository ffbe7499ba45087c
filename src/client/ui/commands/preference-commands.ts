import { usageNotice } from './commands.js';
import type { AppUpdate } from '../state/app-event.js';
import { type AppState, newest } from '../state/app-state.js';
import { newestKey, withReading } from '../conversation/reading.js';
import {
  bellModes,
  markdownModes,
  mouseModes,
  type Preferences,
  themeModes,
  typingModes,
} from '../state/preferences.js';
import { brightnessOf, type TerminalColours } from '../../terminal/colour/terminal-colours.js';
import { foldText } from '../../../shared/fold-text.js';

/** The commands that change a preference. */
export type PreferenceCommand =
  'highlight' | 'ignore' | 'unignore' | 'bell' | 'theme' | 'mouse' | 'markdown' | 'typing' | 'clear';

const maxKept = 100;

/** `done` is the state with an empty draft; `state` keeps a command that has to be corrected. */
export function runPreferenceCommand(
  state: AppState,
  done: AppState,
  name: PreferenceCommand,
  argument: string,
): AppUpdate {
  const { preferences } = state;
  const { highlights, ignored, bell, theme, mouse, markdown, typing } = preferences;
  const report = (notice: string): AppUpdate => [{ ...done, notice }, []];
  const reject = (text: string): AppUpdate => [{ ...state, notice: { tone: 'error', text } }, []];
  const change = (changed: Partial<Preferences>, notice: string): AppUpdate => [
    { ...done, preferences: { ...preferences, ...changed }, notice },
    [],
  ];
  // A name completed at the start of a draft ends in a colon.
  const word = argument.replace(/[:,]$/, '');
  const key = foldText(word);
  switch (name) {
    case 'highlight':
      if (word === '') {
        return report(
          highlights.length === 0
            ? 'Highlighted: your name.'
            : `Highlighted: your name, ${highlights.join(', ')}.`,
        );
      }
      return highlights.includes(key)
        ? change({ highlights: without(highlights, key) }, `${word} is no longer highlighted.`)
        : change(
            { highlights: withWord(highlights, key) },
            `${word} is highlighted. Repeat the command to undo.`,
          );
    case 'ignore':
      if (word === '')
        return report(ignored.length === 0 ? 'No one is ignored.' : `Ignored: ${ignored.join(', ')}.`);
      if (key === foldText(state.session?.user ?? '')) return reject('Your own messages are always shown.');
      return change(
        { ignored: withWord(ignored, key) },
        `${word} is ignored. Use /unignore ${word} to undo.`,
      );
    case 'unignore':
      return ignored.includes(key)
        ? change({ ignored: without(ignored, key) }, `${word} is shown again.`)
        : reject(ignored.length === 0 ? 'No one is ignored.' : `Ignored: ${ignored.join(', ')}.`);
    case 'bell': {
      const mode = bellModes.find((known) => known === key);
      if (mode) return change({ bell: mode }, `The bell rings for: ${mode}.`);
      return word === '' ? report(`The bell rings for: ${bell}.`) : reject(usageNotice('bell'));
    }
    case 'theme': {
      const mode = themeModes.find((known) => known === key);
      if (mode) return change({ theme: mode }, themeText(mode, state.colours));
      return word === '' ? report(themeText(theme, state.colours)) : reject(usageNotice('theme'));
    }
    case 'mouse': {
      const mode = mouseModes.find((known) => known === key);
      if (mode) return change({ mouse: mode }, mouseTexts[mode]);
      return word === '' ? report(mouseTexts[mouse]) : reject(usageNotice('mouse'));
    }
    case 'markdown': {
      const mode = markdownModes.find((known) => known === key);
      if (mode) return change({ markdown: mode }, markdownTexts[mode]);
      return word === '' ? report(markdownTexts[markdown]) : reject(usageNotice('markdown'));
    }
    case 'typing': {
      const mode = typingModes.find((known) => known === key);
      if (mode) return change({ typing: mode }, typingTexts[mode]);
      return word === '' ? report(typingTexts[typing]) : reject(usageNotice('typing'));
    }
    case 'clear':
      return [
        {
          ...withReading(done, { viewport: newest, lastSeenKey: undefined }),
          preferences: { ...preferences, clearedKey: newestKey(state) },
          notice: 'Cleared. PgUp brings the messages back.',
        },
        [],
      ];
  }
}

const mouseTexts = {
  on: 'The wheel scrolls. To select text, hold Shift (Option in iTerm2) and drag.',
  off: 'The terminal has the mouse: drag selects text, PgUp and PgDn scroll.',
} as const;

const markdownTexts = {
  on: 'Markdown is shown as formatting.',
  off: 'Markdown is shown as it was typed.',
} as const;

const typingTexts = {
  on: 'You see who types a message, and others see when you do.',
  off: 'You do not see who types a message, and others do not see when you do.',
} as const;

function themeText(mode: Preferences['theme'], colours: TerminalColours): string {
  const background = brightnessOf(colours);
  if (mode !== 'auto') return `Using colours for a ${mode} background.`;
  return background === undefined
    ? 'Using colours for any background: this terminal does not report its own.'
    : `Using colours for a ${background} background, as the terminal reports.`;
}

function withWord(words: readonly string[], word: string): readonly string[] {
  return [...without(words, word), word].slice(-maxKept);
}

function without(words: readonly string[], word: string): readonly string[] {
  return words.filter((known) => known !== word);
}
