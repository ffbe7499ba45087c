import { expect, test } from '@jest/globals';
import { cleanEnvironment, programEnvironment } from './environment.js';

const env = { PATH: '/bin', CHAT_USER: 'user1', CHAT_PASSWORD: 'secret', CHAT_MESSAGE_TEXT: 'old' };

test('a program gets neither the password nor the message variables', () => {
  expect(programEnvironment(env)).toEqual({ PATH: '/bin', CHAT_USER: 'user1' });
});

test('cleanEnvironment removes both from the environment itself', () => {
  const own = { ...env };
  cleanEnvironment(own);
  expect(own).toEqual({ PATH: '/bin', CHAT_USER: 'user1' });
});
