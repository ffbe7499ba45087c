/** The measured costs of a room: CPU time in microseconds, sizes in bytes. */
export type Costs = {
  /** Delivering one message to one subscriber. */
  readonly delivery: number;
  /** Receiving one message from NATS, which every server does for every message. */
  readonly following: number;
  /** Receiving one message from a sender, publishing it and answering, in addition to `following`. */
  readonly sending: number;
  /** Of one message, from the chat server that received it. */
  readonly toNats: number;
  /** Of one message, to each chat server. */
  readonly fromNats: number;
  /** Of one message, on the disk of each replica. */
  readonly stored: number;
};

/** The use of a room. */
export type Load = {
  /** Messages a second, of all senders. */
  readonly rate: number;
  readonly subscribers: number;
  readonly servers: number;
};

/** The predicted use of resources, if subscribers and senders are spread evenly over the servers. */
export type Prediction = {
  /** The share of a core of each chat server, 0 to 1. */
  readonly core: number;
  /** Bytes a second, from all chat servers. */
  readonly toNats: number;
  /** Bytes a second, to all chat servers. */
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
