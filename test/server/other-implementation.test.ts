import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { decodeMessages } from '../../src/shared/codec.js';
import { serviceNames } from '../../src/shared/services.js';
import { encodeText } from '../../src/shared/text.js';
import { describeWithRunning } from '../require-tool.js';
import { withServer } from './test-server.js';

const python = '/usr/bin/python3';
const script = join(import.meta.dirname, 'bare_client.py');

describeWithRunning('python3-grpcio', [python, '-c', 'import grpc'], 'a Python client', () => {
  test('can read, send, be rejected, and ask for health and reflection', async () => {
    await withServer({}, async ({ port }) => {
      const { stdout } = await promisify(execFile)(python, [script, `127.0.0.1:${port}`]);
      const answer = JSON.parse(stdout) as Record<string, string>;
      const bytes = (key: string): Buffer => Buffer.from(answer[key] ?? '', 'hex');
      expect(answer).toMatchObject({
        first: '',
        logId: expect.stringMatching(/^[!-~]{1,64}$/),
        sent: '',
        sequence: '1',
        refused: ['UNAUTHENTICATED', 'unknown user or wrong password'],
        // HealthCheckResponse.status SERVING
        health: '0801',
      });
      expect(decodeMessages(bytes('received'))).toMatchObject([
        { sequence: 1, id: 'py-1', from: 'user1', type: 1, content: Buffer.from(encodeText('from Python')) },
      ]);
      for (const name of serviceNames) {
        expect(bytes('services').includes(name)).toBe(true);
      }
      expect(bytes('file').includes('storage_problem')).toBe(true);
    });
  });
});
