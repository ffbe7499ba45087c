import { sameUnderCtrl } from './key-tables.js';

/** The xterm and kitty protocols send the sum of these bits plus one. */
export const modifier = { shift: 1, alt: 2, ctrl: 4, super: 8, hyper: 16, meta: 32 } as const;

/** Modifiers in the order `ctrl+alt+shift+super+`. Hyper becomes `super+`, Meta `alt+`; locks are ignored. */
export function keyName(key: string, modifiers: number): string {
  const isCharacter = key.length === 1;
  const isUpperCase = isCharacter && key !== key.toLowerCase();
  const named = key === ' ' ? 'space' : isCharacter ? key.toLowerCase() : key;
  const one = canonicalKey(named, isUpperCase ? modifiers | modifier.shift : modifiers);
  const holds = (bits: number) => (one.modifiers & bits) !== 0;
  return [
    holds(modifier.ctrl) ? 'ctrl+' : '',
    holds(modifier.alt | modifier.meta) ? 'alt+' : '',
    holds(modifier.shift) ? 'shift+' : '',
    holds(modifier.super | modifier.hyper) ? 'super+' : '',
    one.key,
  ].join('');
}

export function controlKeyName(character: string, modifiers: number): string {
  if (character === '\x7f') return keyName('backspace', modifiers);
  // Ctrl clears the upper bits of `@` to `_`.
  const key = String.fromCharCode(character.charCodeAt(0) + 0x40).toLowerCase();
  return keyName(key, modifiers | modifier.ctrl);
}

/** Of keys that only some terminals distinguish, the one that all can send. */
function canonicalKey(key: string, modifiers: number): { key: string; modifiers: number } {
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
