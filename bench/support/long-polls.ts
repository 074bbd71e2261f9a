import { setImmediate as nextTurn } from 'node:timers/promises';
import { epochMs } from './clock.ts';

/** How a poll ends: 200 when the PIN is set, 404 when it still is not. */
export type PollStatus = 200 | 404;

/** A poll that is held. */
interface LongPoll {
  readonly credential: string;
  readonly timer: NodeJS.Timeout;
  readonly write: (status: PollStatus) => void;
}

/** Answers in one go: so few that the time noted for each is that of its way to the kernel. */
const answersAtOnce = 50;

/** Every poll that PACE holds, whatever it came over. */
export class LongPolls {
  readonly #held = new Map<string, Set<LongPoll>>();
  readonly #isSet = new Set<string>();
  /** When each user's 200 was written, in epoch milliseconds. */
  readonly answeredAt = new Map<string, number>();
  /** Polls held now. */
  open = 0;
  /** Polls that have come. */
  total = 0;
  /** Polls whose client did not wait for the answer. */
  left = 0;

  /**
   * Holds a poll until its time is over or the PIN is set.
   *
   * @returns to be called when the poll's connection or stream is closed, answered or not
   */
  hold(credential: string, seconds: number, write: (status: PollStatus) => void): () => void {
    this.total++;
    this.open++;
    const timer = setTimeout(() => this.#answer(poll, 404), seconds * 1000);
    const poll: LongPoll = { credential, timer, write };
    const ofUser = this.#held.get(credential);
    if (ofUser) ofUser.add(poll);
    else this.#held.set(credential, new Set([poll]));
    if (this.#isSet.has(credential)) this.#answer(poll, 200);
    return () => {
      if (this.#release(poll)) this.left++;
    };
  }

  /** Sets one user's PIN. */
  set(credential: string): void {
    this.#isSet.add(credential);
    for (const poll of this.#held.get(credential) ?? []) this.#answer(poll, 200);
  }

  /** Sets the PINs of several users, as fast as they can be told. */
  async setAll(credentials: readonly string[]): Promise<void> {
    // Who is between two polls now hears of it at the next.
    for (const credential of credentials) this.#isSet.add(credential);
    for (const [index, credential] of credentials.entries()) {
      if (index % answersAtOnce === 0) await nextTurn();
      this.set(credential);
    }
  }

  #answer(poll: LongPoll, status: PollStatus): void {
    if (!this.#release(poll)) return;
    if (status === 200) this.answeredAt.set(poll.credential, epochMs());
    poll.write(status);
  }

  #release(poll: LongPoll): boolean {
    const ofUser = this.#held.get(poll.credential);
    if (!ofUser?.delete(poll)) return false;
    if (ofUser.size === 0) this.#held.delete(poll.credential);
    clearTimeout(poll.timer);
    this.open--;
    return true;
  }
}
