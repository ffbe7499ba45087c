import { expect, test } from '@jest/globals';
import { ChatError } from '../../shared/errors.js';
import type { ImageRenderer, RenderedImage } from './graphics/image-renderer.js';
import { createImageCache, type ImageCacheOptions, type VisibleImage } from './image-cache.js';

const box = { columns: 10, rows: 5 };

function visible(...ids: string[]): VisibleImage[] {
  return ids.map((id) => ({ id, bytes: Buffer.from(id), box }));
}

/** Draws the bytes of an image when the test continues it. */
function manualRenderer() {
  const pending = new Map<string, { finish: (image: RenderedImage) => void; fail: (error: Error) => void }>();
  const started: string[] = [];
  const renderer: ImageRenderer = {
    render(bytes) {
      const name = Buffer.from(bytes).toString();
      started.push(name);
      return new Promise((finish, fail) => pending.set(name, { finish, fail }));
    },
  };
  return { renderer, started, pending };
}

function setUp(options: Partial<ImageCacheOptions> = {}) {
  const { renderer, started, pending } = manualRenderer();
  let changed: (id: string) => void = () => undefined;
  const cache = createImageCache({ renderer, onChange: (id) => changed(id), ...options });
  const nextChange = () => new Promise<string>((resolve) => (changed = resolve));
  const settle = async (id: string, act: () => void) => {
    const change = nextChange();
    act();
    expect(await change).toBe(id);
  };
  const finish = (id: string, rows = [id]) =>
    settle(id, () => pending.get(id)?.finish({ rows, columns: rows[0]?.length ?? 0 }));
  const fail = (id: string, error: Error) => settle(id, () => pending.get(id)?.fail(error));
  return { cache, started, pending, finish, fail };
}

test('the cache loads visible images two at a time, the newest first', async () => {
  const { cache, started, finish } = setUp();
  cache.show(visible('a', 'b', 'c', 'd'));
  expect(started).toEqual(['d', 'c']);
  expect(cache.state('d', box)).toEqual({ status: 'loading' });
  expect(cache.state('a', box)).toEqual({ status: 'queued' });
  await finish('d');
  expect(started).toEqual(['d', 'c', 'b']);
  expect(cache.state('d', box)).toEqual({ status: 'ready', image: { rows: ['d'], columns: 1 } });
});

test('the cache does not load an image that left the screen before its turn', async () => {
  const { cache, started, finish } = setUp();
  cache.show(visible('a', 'b', 'c'));
  cache.show(visible('x'));
  await finish('c');
  expect(started).toEqual(['c', 'b', 'x']);
});

test('the cache draws an image once per box', async () => {
  const { cache, started, finish } = setUp();
  cache.show(visible('a'));
  cache.show(visible('a'));
  await finish('a');
  cache.show(visible('a'));
  expect(started).toEqual(['a']);
  const wider = { columns: 20, rows: 5 };
  cache.show([{ id: 'a', bytes: Buffer.from('a'), box: wider }]);
  expect(started).toEqual(['a', 'a']);
  expect(cache.state('a', wider)).toEqual({ status: 'loading' });
});

test('a failure and its reason stay until the image is forgotten', async () => {
  const { cache, started, fail } = setUp();
  cache.show(visible('a'));
  await fail('a', new ChatError('message-refused', 'the image is damaged'));
  expect(cache.state('a', box)).toEqual({ status: 'failed', reason: 'the image is damaged' });
  cache.show(visible('a'));
  expect(started).toEqual(['a']);
  cache.forget('a');
  expect(cache.state('a', box)).toEqual({ status: 'queued' });
  cache.show(visible('a'));
  expect(started).toEqual(['a', 'a']);
});

test('an image forgotten while loading is dropped when it is ready', async () => {
  const dropped: string[] = [];
  const { cache, pending, finish } = setUp({ onDrop: ({ rows }) => dropped.push(...rows) });
  cache.show(visible('a', 'b'));
  cache.forget('a');
  cache.show(visible('b'));
  pending.get('a')?.finish({ rows: ['late'], columns: 4 });
  await finish('b');
  expect(dropped).toEqual(['late']);
  expect(cache.state('a', box)).toEqual({ status: 'queued' });
});

test('over its limit the cache evicts the least recently seen image, never a visible one', async () => {
  const dropped: string[] = [];
  const { cache, finish } = setUp({
    maxBytes: 5000,
    onDrop: ({ rows }) => dropped.push(rows.join('').slice(0, 1)),
  });
  for (const id of ['a', 'b', 'c']) {
    cache.show(visible(id));
    await finish(id, [id.repeat(1000)]);
  }
  expect(dropped).toEqual(['a']);
  expect(cache.state('a', box)).toEqual({ status: 'queued' });
  expect(cache.state('b', box).status).toBe('ready');
  cache.show(visible('b', 'c', 'd'));
  await finish('d', ['d'.repeat(5000)]);
  expect(dropped).toEqual(['a']);
});
