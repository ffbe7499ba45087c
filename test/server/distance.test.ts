import { status } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { startDelayedRelay } from '../support/delayed-relay.js';
import { image, loginMetadata, withClient } from './test-client.js';
import { pngOf } from './test-png.js';
import { withServer } from './test-server.js';

/** The timeout of a call in QtGrpc 6.5. */
const qtDeadlineMs = 5700;

test.each([20, 100, 300])(
  'with a round trip of %i ms an image of 3.6 MB is stored and answered within the timeout of a Qt client',
  async (roundTripMs) => {
    await withServer({}, async ({ port }) => {
      const relay = await startDelayedRelay(port, roundTripMs / 2);
      await withClient(relay.port, async (client) => {
        // A Qt client is subscribed before it sends.
        const subscription = client.subscribe();
        await subscription.opened();
        const answer = await client.send(image(pngOf(3_600_000)), loginMetadata('user1'), qtDeadlineMs);
        expect(answer.status).toMatchObject({ code: status.OK });
      });
      await relay.close();
    });
  },
);

test('with a round trip of 300 ms an image in the first call of a client is stored within the timeout', async () => {
  await withServer({}, async ({ port }) => {
    const relay = await startDelayedRelay(port, 150);
    await withClient(relay.port, async (client) => {
      const answer = await client.send(image(pngOf(3_600_000)), loginMetadata('user1'), qtDeadlineMs);
      expect(answer.status).toMatchObject({ code: status.OK });
    });
    await relay.close();
  });
});
