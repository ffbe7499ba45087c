import { jest } from '@jest/globals';

// Many tests start programs: on a busy machine each wait may take long. Nothing here measures time.
jest.setTimeout(60_000);
