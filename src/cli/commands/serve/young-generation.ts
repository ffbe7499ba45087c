import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation at the 16 MB that it has once the server is loaded; by itself it doubles to 32 MB when many
 * come at once, and keeps them. V8 asks for this flag whenever that space may grow; those that name a size count only on
 * Node's command line.
 */
export function stopYoungGenerationGrowing(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
