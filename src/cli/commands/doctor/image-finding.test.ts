import { expect, test } from '@jest/globals';
import {
  noReplies,
  type GraphicsProtocol,
  type GraphicsReplies,
} from '../../../client/images/graphics/graphics-protocol.js';
import { imageFinding } from './image-finding.js';

const tmux = { TMUX: '/tmp/tmux-0/default,1,0' };

test.each<[GraphicsProtocol, Partial<GraphicsReplies>, Record<string, string>, RegExp, RegExp | undefined]>([
  ['off', {}, {}, /captions: the terminal has no colours/, /\/save N/],
  [
    'kitty',
    { name: 'kitty(0.35.2)', kitty: true },
    {},
    /by the kitty protocol: kitty\(0\.35\.2\) supports/,
    undefined,
  ],
  ['kitty', { name: 'kitty(0.35.2)', kitty: true }, tmux, /tmux passes them to kitty\(0\.35\.2\)/, undefined],
  ['iterm2', {}, {}, /by the iterm2 protocol: iTerm2/, undefined],
  ['sixel', { name: 'foot(1.16.2)', sixel: true }, {}, /by the sixel protocol: foot\(1\.16\.2\)/, undefined],
  ['blocks', {}, tmux, /half blocks: tmux/, /allow-passthrough on/],
  ['blocks', { name: 'kitty(0.26.5)', kitty: true }, {}, /kitty\(0\.26\.5\) .*no placeholders/, /0\.28/],
  ['blocks', { name: 'Konsole 25.04.2', kitty: true, sixel: true }, {}, /written over/, /--images sixel/],
  ['blocks', { sixel: true }, {}, /does not report the size/, /--images sixel/],
  ['blocks', {}, {}, /did not report/, undefined],
  ['blocks', { complete: true }, {}, /supports nothing else/, /foot/],
])('the finding for %s names the reason: %j %j', (protocol, replies, env, text, advice) => {
  const finding = imageFinding(protocol, { ...noReplies, ...replies }, env);
  expect(finding.text).toMatch(text);
  if (advice) expect(finding.advice).toMatch(advice);
  else expect(finding.advice).toBeUndefined();
});
