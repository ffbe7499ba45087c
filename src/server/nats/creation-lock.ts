import { setTimeout as wait } from 'node:timers/promises';
import type { Msg, NatsConnection } from '@nats-io/transport-node';

/** A claim is said so often, this many milliseconds apart: what is said first may reach nobody who listens already. */
const claimCount = 6;
const claimIntervalMs = 50;
/** The claim of whoever makes it already: the least of all, and the least goes first. */
const holderClaim = '';

/**
 * Runs `make` where no other server of the room makes `name`, or throws: then look whether it is there, and try again.
 * A cluster of NATS before 2.9.11 takes several requests at once for the same stream and keeps parts of each
 * (nats-io/nats-server#3677): servers that start together had streams with other subjects than they had been told.
 */
export async function withCreationLock<Result>(
  connection: NatsConnection,
  name: string,
  make: () => Promise<Result>,
): Promise<Result> {
  if (isSingle(connection)) return make();
  const subject = `chat.make.${name}`;
  const yielded = new AbortController();
  let claim = claimOf(connection);
  const announce = (): void => connection.publish(subject, claim);

  const onClaim = (other: string): void => {
    if (other < claim) yielded.abort(new Error(`another server makes ${name}`));
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
    return await make();
  } finally {
    subscription.unsubscribe();
  }
}

/** The same at each try: with others, servers yielded for seconds to what came late of each other's claims before. */
function claimOf({ info }: NatsConnection): string {
  return `${info?.server_id ?? ''} ${info?.client_id ?? ''}`;
}

/** Whether NATS is one server with JetStream, which makes what it is asked for one after the other. */
export function isSingle({ info }: NatsConnection): boolean {
  return info?.jetstream === true && info.cluster === undefined;
}
