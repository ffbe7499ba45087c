import { pasteStart } from './paste.js';

export const maxSequenceLength = 4096;

/** `escape`: an Escape key that something else follows. `broken`: aborted by another character. */
export type SequenceKind =
  'csi' | 'ss3' | 'control-string' | 'alt-csi' | 'alt-ss3' | 'character' | 'escape' | 'broken';

/** A sequence that starts at an ESC. Decoding continues at `end`. */
export type ScannedSequence =
  | { readonly kind: SequenceKind; readonly end: number }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'overlong'; readonly end: number; readonly skip: SkippedKind };

/** Decides where an overlong sequence ends. */
export type SkippedKind = 'csi' | 'control-string';

/** `start` is the index of the ESC. Looks no further than `maxSequenceLength`. */
export function scanSequence(buffer: string, start: number): ScannedSequence {
  const introducer = buffer.charAt(start + 1);
  switch (introducer) {
    case '':
      return { kind: 'incomplete' };
    case '\x1b':
      return scanDoubleEscape(buffer, start);
    case '[':
      return buffer.charAt(start + 2) === '[' ? scanConsoleKey(buffer, start) : scanCsi(buffer, start);
    case 'O':
      return scanSs3(buffer, start);
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
      return scanControlString(buffer, start);
    default: {
      const character = String.fromCodePoint(buffer.codePointAt(start + 1) ?? 0);
      return { kind: 'character', end: start + 1 + character.length };
    }
  }
}

export function skippedEnd(buffer: string, start: number, kind: SkippedKind): number {
  const endsAt = firstMatch(kind === 'csi' ? notCsiBody : notStringBody, buffer, start);
  if (endsAt < 0) return -1;
  const isPart = kind === 'csi' ? /[\x40-\x7e]/ : /\x07/;
  return isPart.test(buffer.charAt(endsAt)) ? endsAt + 1 : endsAt;
}

const notCsiBody = /[^\x20-\x3f]/g;
const notStringBody = /[\x00-\x1f\x7f]/g;
const notX10Value = /[\x00-\x1f]/g;

/** Some terminals send Alt as an ESC before the key's own sequence. */
function scanDoubleEscape(buffer: string, start: number): ScannedSequence {
  const second = buffer.charAt(start + 2);
  if (second === '') return { kind: 'incomplete' };
  const inner = second === '[' || second === 'O' ? scanSequence(buffer, start + 1) : undefined;
  switch (inner?.kind) {
    case 'incomplete':
    case 'overlong':
      return inner;
    case 'ss3':
      return { kind: 'alt-ss3', end: inner.end };
    case 'csi':
      if (!buffer.startsWith(pasteStart, start + 1)) return { kind: 'alt-csi', end: inner.end };
      return { kind: 'escape', end: start + 1 };
    default:
      return { kind: 'escape', end: start + 1 };
  }
}

/** The Linux console sends F1 to F5 as `ESC [ [ A` to `ESC [ [ E`. */
function scanConsoleKey(buffer: string, start: number): ScannedSequence {
  const final = buffer.charAt(start + 3);
  if (final === '') return { kind: 'incomplete' };
  return /[A-E]/.test(final) ? { kind: 'csi', end: start + 4 } : { kind: 'broken', end: start + 3 };
}

function scanCsi(buffer: string, start: number): ScannedSequence {
  if (buffer.charAt(start + 2) === 'M') return scanX10Mouse(buffer, start);
  const endsAt = firstMatch(notCsiBody, buffer, start + 2);
  if (overlong(buffer, start, endsAt)) return { kind: 'overlong', end: start + 2, skip: 'csi' };
  if (endsAt < 0) return { kind: 'incomplete' };
  if (/[\x40-\x7e]/.test(buffer.charAt(endsAt))) return { kind: 'csi', end: endsAt + 1 };
  return { kind: 'broken', end: endsAt };
}

/** A mouse report of terminals without SGR reports: three characters follow, which must not become text. */
function scanX10Mouse(buffer: string, start: number): ScannedSequence {
  const end = start + 6;
  const controlAt = firstMatch(notX10Value, buffer.slice(0, end), start + 3);
  if (controlAt >= 0) return { kind: 'broken', end: controlAt };
  return buffer.length < end ? { kind: 'incomplete' } : { kind: 'csi', end };
}

function scanSs3(buffer: string, start: number): ScannedSequence {
  const body = /\d/.test(buffer.charAt(start + 2)) ? start + 3 : start + 2;
  const final = buffer.charAt(body);
  if (final === '') return { kind: 'incomplete' };
  if (/[\x20-\x7e]/.test(final)) return { kind: 'ss3', end: body + 1 };
  return { kind: 'broken', end: body };
}

/** OSC, DCS, APC, PM and SOS end with ST or BEL. No reply contains a control character. */
function scanControlString(buffer: string, start: number): ScannedSequence {
  const endsAt = firstMatch(notStringBody, buffer, start + 2);
  if (overlong(buffer, start, endsAt)) return { kind: 'overlong', end: start + 2, skip: 'control-string' };
  if (endsAt < 0) return { kind: 'incomplete' };
  if (buffer.charAt(endsAt) === '\x07') return { kind: 'control-string', end: endsAt + 1 };
  if (buffer.charAt(endsAt) !== '\x1b') return { kind: 'broken', end: endsAt };
  if (endsAt + 1 === buffer.length) return { kind: 'incomplete' };
  if (buffer.charAt(endsAt + 1) === '\\') return { kind: 'control-string', end: endsAt + 2 };
  return { kind: 'broken', end: endsAt };
}

function overlong(buffer: string, start: number, endsAt: number): boolean {
  return (endsAt < 0 ? buffer.length : endsAt) - start >= maxSequenceLength;
}

function firstMatch(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}
