import type { ByteBudget, Reservation } from './byte-budget.js';

/** Smaller messages are limited by their rate and number; a reservation for each would cost more than it saves. */
const maxUnreservedBytes = 4 * 1024;

type Message = { reservation?: Reservation; stopWaiting?: () => void };

/** The memory of the messages of one call that have no answer yet. */
export class MessageMemory {
  readonly #budget: ByteBudget;
  /** Oldest first. */
  readonly #messages: Message[] = [];
  #waiting = 0;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** For the next message. Returns false if there is not enough; `start` is called once there is for all. */
  reserve(owner: string, bytes: number, start: () => void): boolean {
    const message: Message = {};
    this.#messages.push(message);
    if (bytes <= maxUnreservedBytes) return true;
    const reservation = this.#budget.reserve(owner, bytes);
    if (reservation) {
      message.reservation = reservation;
      return true;
    }
    this.#waiting++;
    message.stopWaiting = this.#budget.wait(owner, bytes, (granted) => {
      message.reservation = granted;
      if (--this.#waiting === 0) start();
    });
    return false;
  }

  releaseOldest(): void {
    const message = this.#messages.shift();
    message?.stopWaiting?.();
    message?.reservation?.release();
  }

  releaseAll(): void {
    while (this.#messages.length > 0) this.releaseOldest();
  }
}
