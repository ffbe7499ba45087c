import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { clipboardNotice } from '../../../client/clipboard/clipboard.js';
import { maxSourceBytes } from '../../../client/images/decode/image-header.js';
import { readImageFile } from '../../../client/images/decode/read-image-file.js';
import type { TemporaryFile } from '../../../client/system/private-file.js';
import { withoutByteOrderMark } from '../../../shared/byte-order-mark.js';
import { ChatError } from '../../../shared/errors.js';
import { maxContentBytes } from '../../../shared/message-rules.js';
import { decodeText, encodeText } from '../../../shared/text.js';
import { inLine } from '../../delivery/deliver.js';
import { checkEncoding, readAll, readLine, readText, textTooLarge } from '../../io/read-input.js';
import { openClipboard } from '../../config/open-clipboard.js';
import { emptyText, type SendPlan } from './send-plan.js';
import type { IO } from '../../io/io.js';

/** The content of one message; an image as it was read. */
export type Content =
  | Text
  /** `name`: its source, for errors. */
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly name: string };

type Text = { readonly kind: 'text'; readonly bytes: Uint8Array; readonly line?: number };

/** Yields the contents of a plan. Each is read when it is needed: `--lines` follows a `tail -f`. */
export async function* readContents(
  { images, clipboard, text, stripAnsi }: SendPlan,
  io: IO,
): AsyncGenerator<Content> {
  for (const path of images) yield await readImage(path, io);
  if (clipboard) yield* readClipboard(io);
  const strip = stripAnsi ? withoutEscapes : (bytes: Uint8Array) => bytes;
  if (text.from === 'words') yield { kind: 'text', bytes: notEmpty(strip(encodeText(text.text))) };
  else if (text.from === 'stdin')
    yield { kind: 'text', bytes: notEmpty(strip(notEmpty(await readText(io.stdin)))) };
  else if (text.from === 'lines') {
    for await (const line of readTextLines(io)) {
      const bytes = strip(line.bytes);
      if (!isBlank(bytes)) yield { ...line, bytes };
    }
  }
}

function withoutEscapes(text: Uint8Array): Uint8Array {
  return encodeText(stripVTControlCharacters(decodeText(text)));
}

function notEmpty(text: Uint8Array): Uint8Array {
  if (text.length === 0) throw emptyText();
  return text;
}

function isBlank(text: Uint8Array): boolean {
  return decodeText(text).trim() === '';
}

async function* readTextLines({ stdin }: IO): AsyncGenerator<Text> {
  for (let line = 1; ; line++) {
    const read = await readLine(stdin, maxContentBytes);
    if (read === 'end') return;
    if (read === 'too-long') throw inLine(line, textTooLarge());
    const content = line === 1 ? withoutByteOrderMark(read.line) : read.line;
    if (isBlank(content)) continue;
    try {
      yield { kind: 'text', bytes: checkEncoding(content), line };
    } catch (error) {
      throw inLine(line, error);
    }
  }
}

async function readImage(path: string, { stdin, cwd }: IO): Promise<Content> {
  if (path === '-') {
    const bytes = await readAll(stdin, maxSourceBytes);
    if (bytes === undefined)
      throw new ChatError('message-too-large', `the image has over ${maxSourceBytes} bytes`);
    if (bytes.length === 0) throw new ChatError('usage', 'the image is empty: nothing was sent');
    return { kind: 'image', bytes, name: 'stdin' };
  }
  try {
    return { kind: 'image', bytes: await readImageFile(resolve(cwd, path)), name: path };
  } catch (error) {
    const { code, message } = ChatError.from(error);
    if (code !== 'not-found') throw error;
    // A missing file is a mistake on the command line.
    throw new ChatError('usage', message, {
      ...(message.endsWith('is not a file') && {
        hint: 'To send the output of a program: PROGRAM | chat send --image -',
      }),
      cause: error,
    });
  }
}

async function* readClipboard(io: IO): AsyncGenerator<Content> {
  const clipboard = await openClipboard(io);
  const content = await clipboard.read(new AbortController().signal);
  switch (content.type) {
    case 'image':
      yield { kind: 'image', bytes: await takeFile(content.file), name: 'clipboard' };
      return;
    case 'files':
      for (const path of content.paths) yield await readImage(path, io);
      return;
    case 'text':
      yield { kind: 'text', bytes: encodeText(content.text) };
      return;
    case 'nothing':
      throw new ChatError('usage', clipboardNotice(content.reason).replace('/image PATH', '--image FILE'));
  }
}

async function takeFile(file: TemporaryFile): Promise<Uint8Array> {
  try {
    return await readImageFile(file.path);
  } finally {
    await file.remove();
  }
}
