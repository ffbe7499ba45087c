import type { SequenceKind } from './escape-sequence.js';
import { controlKeyName, keyName, modifier } from './key-name.js';
import { keypadKeys, letterKeys, keyOnUsLayout, kittyKeys, tildeKeys } from './key-tables.js';
import type { TerminalInput } from './terminal-input.js';

const escapeKey: TerminalInput = { type: 'key', key: 'escape' };

/** Empty for a sequence without a meaning here. */
export function sequenceInputs(kind: SequenceKind, sequence: string): readonly TerminalInput[] {
  switch (kind) {
    case 'escape':
      return [escapeKey];
    case 'csi':
      return some(csiInput(sequence, false));
    case 'alt-csi': {
      const input = csiInput(sequence.slice(1), true);
      // Alt applies to keys only: before other input, the ESC was the Escape key.
      return input === undefined || input.type === 'key' ? some(input) : [escapeKey, input];
    }
    case 'ss3':
    case 'alt-ss3':
      return some(ss3Input(sequence, kind === 'alt-ss3'));
    case 'control-string':
      return [{ type: 'reply', sequence }];
    case 'character':
      return some(altInput(sequence.slice(1)));
    case 'broken':
      return brokenInputs(sequence);
  }
}

export function brokenInputs(sequence: string): readonly TerminalInput[] {
  if (sequence === '\x1b') return [escapeKey];
  if (sequence === '\x1b\x1b') return [escapeKey, escapeKey];
  return sequence.length === 2 ? some(altInput(sequence.charAt(1))) : [];
}

function some(input: TerminalInput | undefined): readonly TerminalInput[] {
  return input === undefined ? [] : [input];
}

function ss3Input(sequence: string, alt: boolean): TerminalInput | undefined {
  const digit = /\d(?=.$)/.exec(sequence)?.[0];
  const modifiers = (digit === undefined ? 0 : Math.max(0, Number(digit) - 1)) | (alt ? modifier.alt : 0);
  const final = sequence.slice(-1);
  const key = letterKeys[final] ?? keypadKeys[final];
  if (key === undefined) return undefined;
  if (key.length === 1 && modifiers === 0) return { type: 'text', text: key };
  return { type: 'key', key: keyName(key, modifiers) };
}

function altInput(character: string): TerminalInput | undefined {
  // The end of a control string whose start was lost.
  if (character === '\\') return undefined;
  if (/[\x00-\x1f\x7f]/.test(character)) return { type: 'key', key: controlKeyName(character, modifier.alt) };
  if (/\p{Cc}/u.test(character)) return undefined;
  return { type: 'key', key: keyName(keyOnUsLayout(character), modifier.alt) };
}

const csi = /^\x1b\[([<=>?]?)([\d;:]*)([\x20-\x2f]*)([\x40-\x7e])$/;
const sgrMouse = /^\x1b\[<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])$/;
/** From terminals without SGR reports: three characters, each the value plus 32. */
const x10Mouse = /^\x1b\[M([^])([^])([^])$/;
const linuxConsoleKey = /^\x1b\[\[([A-E])$/;

/** Undefined for key releases, unused mouse reports and unknown keys. `alt`: another ESC precedes the sequence. */
function csiInput(sequence: string, alt: boolean): TerminalInput | undefined {
  const consoleKey = linuxConsoleKey.exec(sequence)?.[1];
  if (consoleKey !== undefined) {
    return { type: 'key', key: keyName(`f${'ABCDE'.indexOf(consoleKey) + 1}`, alt ? modifier.alt : 0) };
  }
  if (sequence.startsWith('\x1b[M') || sequence.startsWith('\x1b[<')) return mouseInput(sequence);
  const [, prefix = '', body = '', intermediate = '', final = ''] = csi.exec(sequence) ?? [];
  if (final === '') return undefined;
  if (prefix !== '' || intermediate !== '') return { type: 'reply', sequence };
  const parameters = body.split(';').map((parameter) => parameter.split(':').map(Number));
  const first = parameters[0]?.[0] ?? 0;
  const [sentModifiers = 0, event = 1] = parameters[1] ?? [];
  // Kitty's event types: 1 press, 2 repeat, 3 release.
  if (event === 3) return undefined;
  const modifiers = Math.max(0, sentModifiers - 1) | (alt ? modifier.alt : 0);
  switch (final) {
    case 'c':
    case 'n':
    case 't':
    case 'x':
      return { type: 'reply', sequence };
    case 'I':
    case 'O':
      return { type: 'focus', focused: final === 'I' };
    case 'R':
      // A cursor report in row 1 looks like F3 with a modifier; the client asks only in other rows.
      return parameters.length > 1 && !(first === 1 && sentModifiers >= 2 && sentModifiers <= 8)
        ? { type: 'reply', sequence }
        : { type: 'key', key: keyName('f3', modifiers) };
    case 'Z':
      return { type: 'key', key: keyName('tab', modifiers | modifier.shift) };
    case 'u':
      return codeInput(first, modifiers, {
        shiftedCode: parameters[0]?.[1],
        baseCode: parameters[0]?.[2],
        textCodes: parameters[2],
      });
    case '~': {
      // xterm's modifyOtherKeys: CSI 27 ; modifiers ; code ~
      if (first === 27 && parameters.length === 3) return codeInput(parameters[2]?.[0] ?? 0, modifiers);
      const key = tildeKeys[first];
      return key === undefined ? undefined : { type: 'key', key: keyName(key, modifiers) };
    }
    default: {
      const key = letterKeys[final];
      return key === undefined ? undefined : { type: 'key', key: keyName(key, modifiers) };
    }
  }
}

const buttonBits = { button: 0b11, motion: 0b100000, others: 0b11000000, wheel: 0b01000000 };

function mouseInput(sequence: string): TerminalInput | undefined {
  const [, code = '', column = '', row = '', final = ''] = sgrMouse.exec(sequence) ?? [];
  if (code !== '') return mouseReport(Number(code), Number(column), Number(row), final === 'm');
  const [bits, x, y] = (x10Mouse.exec(sequence)?.slice(1) ?? []).map((value) => value.charCodeAt(0) - 32);
  if (bits === undefined || x === undefined || y === undefined) return undefined;
  // It does not name the button that was released.
  const isRelease = (bits & (buttonBits.others | buttonBits.button)) === 3;
  return mouseReport(isRelease ? bits & ~buttonBits.button : bits, x, y, isRelease);
}

function mouseReport(
  bits: number,
  column: number,
  row: number,
  isRelease: boolean,
): TerminalInput | undefined {
  const button = bits & buttonBits.button;
  const kind = bits & buttonBits.others;
  if (column < 1 || row < 1 || (bits & buttonBits.motion) !== 0) return undefined;
  const cell = { x: column - 1, y: row - 1 };
  if (kind === buttonBits.wheel && button < 2 && !isRelease) {
    return { type: 'mouse', action: button === 0 ? 'wheel-up' : 'wheel-down', ...cell };
  }
  if (kind !== 0 || button !== 0) return undefined;
  return { type: 'mouse', action: isRelease ? 'release' : 'press', ...cell };
}

/** Sent with a key by the kitty protocol: the shifted key, the key on a US keyboard, and the text. */
type KeyAlternatives = {
  readonly shiftedCode?: number | undefined;
  readonly baseCode?: number | undefined;
  readonly textCodes?: readonly number[] | undefined;
};

function codeInput(
  code: number,
  modifiers: number,
  alternatives: KeyAlternatives = {},
): TerminalInput | undefined {
  const { shiftedCode = 0, baseCode = 0, textCodes = [] } = alternatives;
  const key = kittyKeys[code] ?? characterOf(code);
  if (key === undefined) return undefined;
  const isCharacter = Array.from(key).length === 1;
  if (!isCharacter) return { type: 'key', key: keyName(key, modifiers) };
  if ((modifiers & ~(modifier.shift | capsAndNumLock)) !== 0) {
    return { type: 'key', key: keyName(shortcutKey(key, baseCode), modifiers) };
  }
  const sent = textCodes.map((textCode) => characterOf(textCode) ?? '').join('');
  const isShifted = (modifiers & modifier.shift) !== 0;
  const shifted = isShifted ? (characterOf(shiftedCode) ?? key.toUpperCase()) : key;
  return { type: 'text', text: sent === '' ? shifted : sent };
}

/** Other scripts use the physical key; layouts with Latin letters have their own places. */
function shortcutKey(key: string, baseCode: number): string {
  if (key <= '\x7e') return key;
  return baseCode > 0x20 && baseCode < 0x7f ? String.fromCharCode(baseCode) : keyOnUsLayout(key);
}

const capsAndNumLock = 64 | 128;

/** Excludes private use, where the kitty protocol puts its own keys. */
function characterOf(code: number): string | undefined {
  if (!Number.isInteger(code) || code < 0x20 || code > 0x10ffff) return undefined;
  const character = String.fromCodePoint(code);
  return /[\p{Cc}\p{Cs}\p{Co}]/u.test(character) ? undefined : character;
}
