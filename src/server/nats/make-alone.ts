import { setTimeout as wait } from 'node:timers/promises';
import type { Msg, NatsConnection } from '@nats-io/transport-node';

/** A claim is said so often, this many milliseconds apart: what is said first may reach nobody who listens already. */
const claims = 6;
const claimInterval = 50;
/** What whoever makes it says in place of a claim: it sorts before all of them. */
const making = '';

/**
 * Runs `make` where no other server of the room makes `name`; throws where one does, which is to be looked at again.
 * A cluster of NATS before 2.9.11 takes several requests at once for the same stream and keeps parts of each
 * (nats-io/nats-server#3677): servers that start together had streams with other subjects than they had been told.
 */
export async function makeAlone<Result>(
  connection: NatsConnection,
  name: string,
  make: () => Promise<Result>,
): Promise<Result> {
  if (isSingle(connection)) return make();
  const subject = `chat.make.${name}`;
  const own = claimOf(connection);
  const state = { isMaking: false, isFirst: true };
  const say = (): void => connection.publish(subject, state.isMaking ? making : own);

  const hear = (claim: string): void => {
    if (claim === own) return;
    if (!state.isMaking && claim < own) state.isFirst = false;
    else if (claim !== making) say();
  };
  const subscription = connection.subscribe(subject, {
    callback: (error: Error | null, message: Msg) => {
      if (!error) hear(message.string());
    },
  });
  try {
    for (let said = 0; said < claims && state.isFirst; said++) {
      say();
      await wait(claimInterval);
    }
    if (!state.isFirst) throw new Error(`another server makes ${name}`);
    state.isMaking = true;
    return await make();
  } finally {
    subscription.unsubscribe();
  }
}

/** The same at each try: with another one, servers yielded for seconds to what came late of each other's last claims. */
function claimOf({ info }: NatsConnection): string {
  return `${info?.server_id ?? ''} ${info?.client_id ?? ''}`;
}

/** Whether NATS is one server with JetStream, which makes what it is asked for one after the other. */
export function isSingle({ info }: NatsConnection): boolean {
  return info?.jetstream === true && info.cluster === undefined;
}
