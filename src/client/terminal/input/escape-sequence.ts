import { pasteStart } from './paste.js';

/** The most characters of one sequence that are kept; a longer one is skipped up to its end. */
export const longestSequence = 4096;

/**
 * What a sequence is: one of the control functions, also after a further ESC for Alt; ESC and a character; an
 * Escape key, since what follows is no part of it; or one that was broken off.
 */
export type SequenceKind =
  'csi' | 'ss3' | 'control-string' | 'alt-csi' | 'alt-ss3' | 'character' | 'escape' | 'broken';

/** What starts at an ESC; `end` is where decoding continues. */
export type ScannedSequence =
  | { readonly kind: SequenceKind; readonly end: number }
  /** More must come. */
  | { readonly kind: 'incomplete' }
  /** Too long: what follows `end` is to be skipped. */
  | { readonly kind: 'overlong'; readonly end: number; readonly skip: SkippedKind };

/** How the rest of an overlong sequence is told from what follows it. */
export type SkippedKind = 'csi' | 'control-string';

/** Scans the sequence whose ESC is at `start`. Never looks further than `longestSequence`. */
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

/** Where an overlong sequence ends, searched from `start`; -1 if not yet. */
export function skippedEnd(buffer: string, start: number, kind: SkippedKind): number {
  const endsAt = firstMatch(kind === 'csi' ? notCsiBody : notStringBody, buffer, start);
  if (endsAt < 0) return -1;
  const isPart = kind === 'csi' ? /[\x40-\x7e]/ : /\x07/;
  return isPart.test(buffer.charAt(endsAt)) ? endsAt + 1 : endsAt;
}

const notCsiBody = /[^\x20-\x3f]/g;
const notStringBody = /[\x00-\x1f\x7f]/g;

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
  const endsAt = firstMatch(notCsiBody, buffer, start + 2);
  if (overlong(buffer, start, endsAt)) return { kind: 'overlong', end: start + 2, skip: 'csi' };
  if (endsAt < 0) return { kind: 'incomplete' };
  if (/[\x40-\x7e]/.test(buffer.charAt(endsAt))) return { kind: 'csi', end: endsAt + 1 };
  return { kind: 'broken', end: endsAt };
}

function scanSs3(buffer: string, start: number): ScannedSequence {
  // Some terminals put a modifier digit before the letter.
  const body = /\d/.test(buffer.charAt(start + 2)) ? start + 3 : start + 2;
  const final = buffer.charAt(body);
  if (final === '') return { kind: 'incomplete' };
  if (/[\x20-\x7e]/.test(final)) return { kind: 'ss3', end: body + 1 };
  return { kind: 'broken', end: body };
}

/** OSC, DCS, APC, PM, SOS: up to ST or BEL. No answer of a terminal holds a control character. */
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
  return (endsAt < 0 ? buffer.length : endsAt) - start >= longestSequence;
}

function firstMatch(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}
