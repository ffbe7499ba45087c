import { sameUnderCtrl } from './key-tables.js';

/** The bits by which the xterm and kitty protocols send modifiers (as their sum plus one). */
export const modifier = { shift: 1, alt: 2, ctrl: 4, super: 8, hyper: 16, meta: 32 } as const;

/**
 * The canonical name of a key under modifier bits: `ctrl+alt+shift+` in that order, then the key in lower case.
 * Super and Hyper show as `super+`, Meta as `alt+`; Caps Lock and Num Lock do not count.
 */
export function keyName(key: string, modifiers: number): string {
  const isCharacter = key.length === 1;
  const isUpperCase = isCharacter && key !== key.toLowerCase();
  const named = key === ' ' ? 'space' : isCharacter ? key.toLowerCase() : key;
  const one = oneName(named, isUpperCase ? modifiers | modifier.shift : modifiers);
  const holds = (bits: number) => (one.modifiers & bits) !== 0;
  return [
    holds(modifier.ctrl) ? 'ctrl+' : '',
    holds(modifier.alt | modifier.meta) ? 'alt+' : '',
    holds(modifier.shift) ? 'shift+' : '',
    holds(modifier.super | modifier.hyper) ? 'super+' : '',
    one.key,
  ].join('');
}

/** The name of what one control character (below 0x20, or 0x7f) stands for, under further modifier bits. */
export function controlKeyName(character: string, modifiers: number): string {
  if (character === '\x7f') return keyName('backspace', modifiers);
  // Ctrl clears the upper bits of `@` to `_`.
  const key = String.fromCharCode(character.charCodeAt(0) + 0x40).toLowerCase();
  return keyName(key, modifiers | modifier.ctrl);
}

/** Of keys that only some terminals can tell apart, the one that all can send. */
function oneName(key: string, modifiers: number): { key: string; modifiers: number } {
  if ((modifiers & modifier.ctrl) === 0) return { key, modifiers };
  if ((modifiers & modifier.shift) !== 0) {
    // Ctrl+_ is Ctrl+Shift+- on most keyboards.
    return key === '-' || key === '_'
      ? { key: '_', modifiers: modifiers & ~modifier.shift }
      : { key, modifiers };
  }
  const same = sameUnderCtrl[key];
  if (same === undefined) return { key, modifiers };
  return { key: same.key, modifiers: same.ctrl ? modifiers : modifiers & ~modifier.ctrl };
}
