import { request } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ChatError } from '../../../shared/errors.js';
import { thrownMessage } from '../../../shared/thrown-message.js';
import { hostAndPort, type Address } from '../address.js';
import type { Proxy } from './proxy.js';

const maxReasonCharacters = 100;

export function proxyName({ host, port }: Proxy): string {
  return `the proxy ${hostAndPort({ host, port })}`;
}

/** `reason`: a clause that names the proxy. */
export function proxyFailed(proxy: Proxy, server: string, reason: string, cause?: unknown): ChatError {
  return new ChatError('unreachable', `cannot reach ${server}: ${reason}`, {
    hint: `Check ${proxy.variable}, or add the server to no_proxy.`,
    cause,
  });
}

/** `socket` is connected to the proxy. Rejects with `unreachable`. */
export async function openTunnel(socket: Socket, proxy: Proxy, address: Address): Promise<Socket> {
  const toProxy = proxy.tls ? await secure(socket, proxy, address) : socket;
  return requestTunnel(toProxy, proxy, address);
}

function secure(socket: Socket, proxy: Proxy, address: Address): Promise<Socket> {
  const { host } = proxy;
  return new Promise((resolve, reject) => {
    const fail = (cause?: Error): void => {
      const reason = `no TLS connection to ${proxyName(proxy)}${cause ? ` (${cause.message})` : ''}`;
      reject(proxyFailed(proxy, hostAndPort(address), reason, cause));
    };
    const secured = connectTls({
      socket,
      host,
      ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
    });
    secured.once('secureConnect', () => resolve(secured));
    secured.on('error', fail);
    secured.once('close', () => fail());
  });
}

function requestTunnel(socket: Socket, proxy: Proxy, address: Address): Promise<Socket> {
  const target = hostAndPort(address);
  const headers = {
    Host: target,
    ...(proxy.login !== undefined && {
      'Proxy-Authorization': `Basic ${Buffer.from(proxy.login).toString('base64')}`,
    }),
  };
  return new Promise((resolve, reject) => {
    const connectRequest = request({
      method: 'CONNECT',
      path: target,
      headers,
      createConnection: () => socket,
    });
    connectRequest.once('connect', ({ statusCode = 0, statusMessage = '' }, tunnel: Socket, head) => {
      if (statusCode < 200 || statusCode > 299) {
        const answer = `${statusCode} ${statusMessage.slice(0, maxReasonCharacters)}`.trim();
        reject(proxyFailed(proxy, target, `${proxyName(proxy)} answered ${answer}`));
        tunnel.destroy();
        return;
      }
      if (head.length > 0) tunnel.unshift(head);
      resolve(tunnel);
    });
    connectRequest.on('error', (cause) => {
      reject(proxyFailed(proxy, target, `${proxyName(proxy)} failed: ${thrownMessage(cause)}`, cause));
    });
    connectRequest.end();
  });
}
