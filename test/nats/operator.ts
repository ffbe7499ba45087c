import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { temporaryFolder } from '../chat-process.js';

type KeyPair = ReturnType<typeof nkeys.createUser>;

/** The configuration of a NATS in operator mode, with the logins of a known and an unknown user. */
export type Operator = {
  /** Lines of nats-server's configuration. */
  readonly config: string;
  /** Credentials files, as `nsc generate creds` writes them. */
  readonly credentials: string;
  readonly strangersCredentials: string;
};

const unlimited = { subs: -1, data: -1, payload: -1 };
const accountLimits = {
  ...unlimited,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
  mem_storage: -1,
  disk_storage: -1,
  streams: -1,
  consumer: -1,
};

/** Creates an operator with one account that may use JetStream and one user, as `nsc` does. */
export function createOperator(): Operator {
  const [operator, system, account] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createAccount()];
  const accountClaims = { type: 'account', limits: accountLimits };
  const preload = [
    [
      system,
      sign('system', system, operator, {
        type: 'account',
        limits: { ...accountLimits, disk_storage: 0, mem_storage: 0 },
      }),
    ],
    [account, sign('chat', account, operator, accountClaims)],
  ] as const;
  const folder = temporaryFolder();
  const credentialsBy = (issuer: KeyPair, file: string): string => {
    const user = nkeys.createUser();
    const path = join(folder, file);
    writeFileSync(path, credentialsOf(user, sign('server', user, issuer, { type: 'user', ...unlimited })), {
      mode: 0o600,
    });
    return path;
  };
  return {
    config: [
      `operator: ${sign('operator', operator, operator, { type: 'operator' })}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      'resolver_preload {',
      ...preload.map(([pair, claims]) => `  ${pair.getPublicKey()}: ${claims}`),
      '}',
    ].join('\n'),
    credentials: credentialsBy(account, 'chat.creds'),
    strangersCredentials: credentialsBy(nkeys.createAccount(), 'stranger.creds'),
  };
}

/** A JWT about `subject`, signed by `issuer` with NATS's own algorithm. */
function sign(name: string, subject: KeyPair, issuer: KeyPair, claims: object): string {
  const body = {
    jti: subject.getPublicKey(),
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name,
    nats: { ...claims, version: 2 },
  };
  const parts = [{ typ: 'JWT', alg: 'ed25519-nkey' }, body].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signed = parts.join('.');
  return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`;
}

function credentialsOf(user: KeyPair, claims: string): string {
  const seed = Buffer.from(user.getSeed()).toString();
  return [
    '-----BEGIN NATS USER JWT-----',
    claims,
    '------END NATS USER JWT------',
    '',
    '-----BEGIN USER NKEY SEED-----',
    seed,
    '------END USER NKEY SEED------',
    '',
  ].join('\n');
}
