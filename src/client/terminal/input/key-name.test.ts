import { expect, test } from '@jest/globals';
import { inputsOf, key, text } from '../../../../test/support/terminal-inputs.js';

test.each([
  ['\x1b[A', 'up'],
  ['\x1bOA', 'up'],
  ['\x1b[1;5D', 'ctrl+left'],
  ['\x1b[1;2C', 'shift+right'],
  ['\x1b[1;7B', 'ctrl+alt+down'],
  ['\x1b\x1b[A', 'alt+up'],
  ['\x1b[H', 'home'],
  ['\x1bOF', 'end'],
  ['\x1b[1~', 'home'],
  ['\x1b[4~', 'end'],
  ['\x1b[7~', 'home'],
  ['\x1b[1;5H', 'ctrl+home'],
  ['\x1b[5~', 'pageup'],
  ['\x1b[6;5~', 'ctrl+pagedown'],
  ['\x1b[2~', 'insert'],
  ['\x1b[3;5~', 'ctrl+delete'],
  ['\x1bOP', 'f1'],
  ['\x1b[11~', 'f1'],
  ['\x1b[[A', 'f1'],
  ['\x1b[15~', 'f5'],
  ['\x1b[24;2~', 'shift+f12'],
  ['\x1b[1;5R', 'ctrl+f3'],
  ['\x1bO5S', 'ctrl+f4'],
  ['\x1b[Z', 'shift+tab'],
  ['\t', 'tab'],
  ['\r', 'enter'],
  ['\n', 'ctrl+j'],
  ['\x7f', 'backspace'],
  ['\x08', 'backspace'],
  ['\x00', 'ctrl+space'],
  ['\x01', 'ctrl+a'],
  ['\x16', 'ctrl+v'],
  ['\x1a', 'ctrl+z'],
  ['\x1c', 'ctrl+\\'],
  ['\x1f', 'ctrl+_'],
  ['\x1b\r', 'alt+enter'],
  ['\x1b\x7f', 'alt+backspace'],
  ['\x1bb', 'alt+b'],
  ['\x1bB', 'alt+shift+b'],
  ['\x1bé', 'alt+é'],
  ['\x1b\x01', 'ctrl+alt+a'],
  ['\x1b ', 'alt+space'],
  ['\x1b[118;5u', 'ctrl+v'],
  ['\x1b[118;6u', 'ctrl+shift+v'],
  ['\x1b[13;2u', 'shift+enter'],
  ['\x1b[27u', 'escape'],
  ['\x1b[27;1:1u', 'escape'],
  ['\x1b[127;5u', 'ctrl+backspace'],
  ['\x1b[118;133u', 'ctrl+v'],
  ['\x1b[118;9u', 'super+v'],
  ['\x1b[47;5u', 'ctrl+_'],
  ['\x1b[45;6u', 'ctrl+_'],
  ['\x1b[105;5u', 'tab'],
  ['\x1b[106;5u', 'ctrl+j'],
  ['\x1b[57414u', 'enter'],
  ['\x1b[57417;5u', 'ctrl+left'],
  ['\x1b[1;1:2A', 'up'],
  ['\x1b[27;2;13~', 'shift+enter'],
  ['\x1b[27;5;118~', 'ctrl+v'],
  ['\x1b[27;6;86~', 'ctrl+shift+v'],
  ['\x1b[27;3;98~', 'alt+b'],
  ['\x1bOM', 'enter'],
])('%j is %s', (sent, name) => {
  expect(inputsOf(sent)).toEqual([key(name)]);
});

test.each([
  ['hello, wörld 👍', 'hello, wörld 👍'],
  ['\x1b[97u', 'a'],
  ['\x1b[97;2u', 'A'],
  ['\x1b[49:33;2u', '!'],
  ['\x1b[97;;97u', 'a'],
  ['\x1b[32;2u', ' '],
  ['\x1b[57400u', '1'],
  ['\x1bOp', '0'],
])('%j is the text %j', (sent, typed) => {
  expect(inputsOf(sent)).toEqual([text(typed)]);
});

test.each(['\x1b[97;1:3u', '\x1b[1;1:3A', '\x1b[<2;5;5M', '\x1b[57441u', '\x1b[201~', '\x1b[99~', '\x9b'])(
  '%j gives no input',
  (sent) => {
    expect(inputsOf(sent)).toEqual([]);
  },
);

test.each([
  // With the key of a US keyboard, which the kitty protocol sends on request.
  ['\x1b[1089::99;5u', 'ctrl+c'],
  ['\x1b[1089:1057:99;6u', 'ctrl+shift+c'],
  ['\x1b[1084::118;5u', 'ctrl+v'],
  ['\x1b[1080::98;3u', 'alt+b'],
  ['\x1b[1084::118;9u', 'super+v'],
  ['\x1b[1089::99;69u', 'ctrl+c'],
  ['\x1b[1089::99;5:2u', 'ctrl+c'],
  ['\x1b[4324::118;5u', 'ctrl+v'],
  // The physical key takes precedence over the table.
  ['\x1b[1089::113;5u', 'ctrl+q'],
  ['\x1b[246::59;5u', 'ctrl+;'],
  // Without the physical key.
  ['\x1b[1089;5u', 'ctrl+c'],
  ['\x1b[1089:1057;6u', 'ctrl+shift+c'],
  ['\x1b[1110;5u', 'ctrl+s'],
  ['\x1b[968;5u', 'ctrl+c'],
  ['\x1b[1489;5u', 'ctrl+c'],
  ['\x1b[1572;5u', 'ctrl+c'],
  ['\x1b[12618;5u', 'ctrl+c'],
  ['\x1b[3649;5u', 'ctrl+c'],
  ['\x1b[4330;5u', 'ctrl+c'],
  ['\x1b[2350;5u', 'ctrl+c'],
  ['\x1b[27;5;1089~', 'ctrl+c'],
  ['\x1b[27;6;1052~', 'ctrl+shift+v'],
  ['\x1b[27;3;1080~', 'alt+b'],
  ['\x1bи', 'alt+b'],
  ['\x1bИ', 'alt+shift+b'],
  // An invalid base key is ignored.
  ['\x1b[1089::27;5u', 'ctrl+c'],
  ['\x1b[1089::1081;5u', 'ctrl+c'],
  // In none of the layouts.
  ['\x1b[246;5u', 'ctrl+ö'],
  ['\x1b[20013;5u', 'ctrl+中'],
])('%j is %s, whatever the layout', (sent, name) => {
  expect(inputsOf(sent)).toEqual([key(name)]);
});

test.each([
  // Dvorak has its own places for Latin letters.
  ['\x1b[106::99;5u', 'ctrl+j'],
  ['\x1b[39::113;5u', "ctrl+'"],
])('%j is %s: a Latin layout has its own places', (sent, name) => {
  expect(inputsOf(sent)).toEqual([key(name)]);
});

test.each([
  ['\x1b[1089::99;1u', 'с'],
  ['\x1b[1089:1057:99;2u', 'С'],
  ['\x1b[1089::99;65u', 'с'],
])('%j is the text %j: without Ctrl, Alt or Super the layout decides', (sent, typed) => {
  expect(inputsOf(sent)).toEqual([text(typed)]);
});
