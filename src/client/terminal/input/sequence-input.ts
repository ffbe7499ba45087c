import { csiInput } from './csi-input.js';
import type { SequenceKind } from './escape-sequence.js';
import { controlKeyName, keyName, modifier } from './key-name.js';
import { keypadKeys, letterKeys } from './key-tables.js';
import { keyOnUsLayout } from './keyboard-layouts.js';
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
