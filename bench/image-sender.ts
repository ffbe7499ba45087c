/** A process that sends the image in a file under each id that it receives from its parent. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { contentType } from '../src/shared/message.js';
import { connectAs } from './screen-client.js';

const [, , address = '', file = ''] = process.argv;
const content = await readFile(file);
const connection = connectAs('user2', address);
process.on('disconnect', () => connection.close());
process.on('message', (id) => {
  const draft = { id: String(id), timestamp: Date.now(), type: contentType.image, content };
  void connection.send(draft, new AbortController().signal).then(() => process.send?.('sent'));
});
process.send?.('ready');
