import { setTimeout as wait } from 'node:timers/promises';
import type { Msg, NatsConnection } from '@nats-io/transport-node';

/** Repeated, since other servers may not have subscribed when the first claim is sent. */
const claimCount = 6;
const claimIntervalMs = 50;
/** The claim of the server that is creating: it sorts before all others, and the lowest wins. */
const holderClaim = '';

/**
 * Runs `create`; throws if another server is creating `name`: then check and retry. NATS clusters before 2.9.11 mix
 * concurrent requests (nats-io/nats-server#3677): servers got streams with other subjects than the answers said.
 */
export async function withCreationLock<Result>(
  connection: NatsConnection,
  name: string,
  create: () => Promise<Result>,
): Promise<Result> {
  if (isSingle(connection)) return create();
  const subject = `chat.make.${name}`;
  const yielded = new AbortController();
  let claim = claimOf(connection);
  const announce = (): void => connection.publish(subject, claim);

  const onClaim = (other: string): void => {
    if (other < claim) yielded.abort(new Error(`another server is creating ${name}`));
    else if (other > claim) announce();
  };
  const subscription = connection.subscribe(subject, {
    callback: (error: Error | null, message: Msg) => {
      if (!error) onClaim(message.string());
    },
  });
  try {
    for (let announced = 0; announced < claimCount; announced++) {
      announce();
      await wait(claimIntervalMs);
      yielded.signal.throwIfAborted();
    }
    claim = holderClaim;
    return await create();
  } finally {
    subscription.unsubscribe();
  }
}

/** The same for every attempt: with new claims, servers yielded for seconds to late claims of earlier attempts. */
function claimOf({ info }: NatsConnection): string {
  return `${info?.server_id ?? ''} ${info?.client_id ?? ''}`;
}

/** Whether NATS is a single server with JetStream, which handles such requests one after the other. */
export function isSingle({ info }: NatsConnection): boolean {
  return info?.jetstream === true && info.cluster === undefined;
}
