// tsc emits only what it compiled: the generated code beside it is copied.
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
await cp(`${root}src/shared/generated`, `${root}dist/shared/generated`, { recursive: true });
