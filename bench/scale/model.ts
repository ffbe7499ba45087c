/** What a room costs its servers, from readings: processor time in microseconds, sizes in bytes. */
export type Costs = {
  /** Delivering one message to one subscriber. */
  readonly delivery: number;
  /** Learning of one message from NATS: every server does, for every message. */
  readonly following: number;
  /** Taking one message from a sender, publishing it and answering: on top of learning of it, as every server does. */
  readonly sending: number;
  /** Of one message, from the chat server that took it. */
  readonly toNats: number;
  /** Of one message, to one chat server: each gets it. */
  readonly fromNats: number;
  /** Of one message, on the disk of one replica. */
  readonly stored: number;
};

/** A room as it is used. */
export type Load = {
  /** Messages a second, by everybody together. */
  readonly rate: number;
  readonly subscribers: number;
  readonly servers: number;
};

/** What a load makes of it, where subscribers and senders are spread evenly over the servers. */
export type Prediction = {
  /** Of each chat server: the part of one core, 0 to 1. */
  readonly core: number;
  /** Bytes a second, from all chat servers together. */
  readonly toNats: number;
  /** Bytes a second, to all of them together. */
  readonly fromNats: number;
  /** Bytes a second, on the disk of each replica. */
  readonly stored: number;
};

/** The model of docs/scale.md. */
export function predict({ rate, subscribers, servers }: Load, costs: Costs): Prediction {
  const { following, sending, delivery } = costs;
  const perMessage = following + sending / servers + (delivery * subscribers) / servers;
  return {
    core: (rate * perMessage) / 1e6,
    toNats: rate * costs.toNats,
    fromNats: rate * costs.fromNats * servers,
    stored: rate * costs.stored,
  };
}
