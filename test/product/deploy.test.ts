import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { runChat, startServe, temporaryFolder } from '../chat-process.js';
import { describeWith } from '../require-tool.js';
import { readPackage } from './read-package.js';
import { runTool } from '../run-tool.js';

const unit = readFileSync('deploy/chat.service', 'utf8');
/** One server of a shared room, named by its port. */
const instance = readFileSync('deploy/chat@.service', 'utf8');
const dockerfile = readFileSync('Dockerfile', 'utf8');

describeWith(['systemd-analyze'], 'the systemd units', () => {
  /** A root directory with the units and a stand-in for the program. */
  function rootWithUnits(): string {
    const root = temporaryFolder();
    for (const [path, content] of [
      ['usr/local/bin/chat', '#!/bin/sh\n'],
      ['bin/kill', '#!/bin/sh\n'],
      ['etc/systemd/system/chat.service', unit],
      ['etc/systemd/system/chat@.service', instance],
      // Units of every system, which verify requires.
      ...['network-online', 'multi-user', 'sysinit', 'basic', 'shutdown'].map(
        (name) => [`etc/systemd/system/${name}.target`, '[Unit]\n'] as const,
      ),
      ['etc/systemd/system/system.slice', '[Unit]\n'],
      ['etc/systemd/system/-.mount', '[Mount]\nWhat=/dev/none\nWhere=/\n'],
    ] as const) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
    }
    return root;
  }

  test.each(['chat.service', 'chat@65002.service'])('pass systemd-analyze verify: %s', (name) => {
    const root = rootWithUnits();
    const { status, stderr } = runTool('systemd-analyze', [
      'verify',
      '--man=no',
      '--recursive-errors=no',
      `--root=${root}`,
      name,
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.each(['chat.service', 'chat@.service'])('confine the program: %s', (name) => {
    const file = join(rootWithUnits(), 'etc/systemd/system', name);
    // The exposure in tenths, from 0 (confined) to 100 (unconfined).
    const { status, stdout } = runTool('systemd-analyze', [
      'security',
      '--offline=true',
      '--threshold=15',
      '--no-pager',
      file,
    ]);
    expect({ status, stdout }).toMatchObject({ status: 0 });
  });
});

describe('the files for deployment', () => {
  test.each([
    ['the systemd unit', /^ExecStart=\S+ (.*)$/m.exec(unit)?.[1] ?? ''],
    ['the Dockerfile', (/^CMD \[(.*)\]$/m.exec(dockerfile)?.[1] ?? '').replace(/[",]+/g, ' ').trim()],
  ])('%s starts a server with valid options', async (_, commandLine) => {
    const data = join(temporaryFolder(), 'data');
    const env = { CHAT_PASSWORD: '' };
    await runChat(['users', 'add', 'anna', '--password-stdin', '--data', data], { input: 'correct horse\n' });
    const [command, ...options] = commandLine.split(/ +/).filter((word) => word !== '/var/lib/chat');
    expect(command).toBe('serve');
    const server = await startServe(
      options.filter((option) => option !== '--data'),
      { data, env },
    );
    expect(server.stdout()).toMatch(/^certificate SHA256 /m);
    expect(healthCheck(server)).toBe(0);
    server.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    expect(healthCheck(server)).toBe(1);
  });

  test('the health check works with a server without TLS', async () => {
    expect(healthCheck(await startServe(['--store', 'memory']))).toBe(0);
  });

  test('compose.yaml builds this Dockerfile and keeps its volume and port', () => {
    const { services, volumes } = parse(readFileSync('compose.yaml', 'utf8')) as Compose;
    expect(services.chat).toMatchObject({ build: '.', read_only: true, cap_drop: ['ALL'] });
    const [, volume] = /^VOLUME (.*)$/m.exec(dockerfile) ?? [];
    const [, port] = /^EXPOSE (.*)$/m.exec(dockerfile) ?? [];
    expect(services.chat.volumes).toContain(`data:${volume ?? ''}`);
    expect(Object.keys(volumes)).toEqual(['data']);
    expect(services.chat.ports).toContain(`${port ?? ''}:${port ?? ''}`);
  });

  test('the Dockerfile copies the health check and uses a supported Node version', () => {
    expect(dockerfile).toContain('deploy/health-check.mjs');
    const major = Number(/^FROM node:(\d+)-/m.exec(dockerfile)?.[1]);
    expect(major).toBeGreaterThanOrEqual(Number(/\d+/.exec(readPackage().engines.node)?.[0]));
  });
});

type Compose = {
  readonly services: { readonly chat: Readonly<Record<string, unknown>> };
  readonly volumes: Readonly<Record<string, unknown>>;
};

function healthCheck({ address }: { readonly address: string }): number | null {
  return runTool(process.execPath, ['deploy/health-check.mjs', address.split(':').at(-1) ?? '']).status;
}
