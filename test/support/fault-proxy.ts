import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** How the proxy breaks a connection: by RST, by FIN from both sides, or by FIN from the peer alone. */
export type Breaking = 'reset' | 'close' | 'half-close';

/** One connection through the proxy. */
interface Link {
  readonly near: Socket;
  readonly far: Socket;
  /** Whether it is dead for good. */
  isDead: boolean;
  /** Bytes of the answers that have been passed on. */
  passed: number;
}

type OnAnswer = (link: Link, chunk: Buffer) => void;

const passOn: OnAnswer = (link, chunk) => {
  link.passed += chunk.length;
  if (!link.near.destroyed) link.near.write(chunk);
};

/**
 * A piece of network that breaks on demand: a TCP proxy between the gateway and a provider that is
 * well. What it does with answers holds for every connection, those that are open already included,
 * until {@link heal} or another fault. What a provider itself says is for the upstreams beside this.
 */
export class FaultProxy implements AsyncDisposable {
  readonly #target: URL;
  readonly #links = new Set<Link>();
  readonly #server = createServer({ allowHalfOpen: true }, (near) => this.#accept(near));
  #onAnswer: OnAnswer = passOn;
  #isFrozen = false;
  #accepted = 0;

  /** Starts a proxy in front of `target`, on a free port; whether that is TLS does not matter. */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  /** The target's address, but through the proxy. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#target.protocol}//127.0.0.1:${port}`;
  }

  /** Connections that have come so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Connections that the gateway holds open. */
  get open(): number {
    return this.#links.size;
  }

  /** Passes everything on again. What has been swallowed is lost. */
  heal(): void {
    this.#onAnswer = passOn;
    this.#isFrozen = false;
  }

  /** Holds every piece of an answer back for `ms`. */
  delayAnswers(ms: number): void {
    this.#onAnswer = (link, chunk) => void setTimeout(() => passOn(link, chunk), ms);
  }

  /** Passes on `first` bytes of each piece of an answer, and the rest byte by byte in `everyMs`. */
  trickleAnswers(everyMs: number, first = 0): void {
    this.#onAnswer = (link, chunk) => {
      let sent = Math.min(first, chunk.length);
      passOn(link, chunk.subarray(0, sent));
      const timer = setInterval(() => passOn(link, chunk.subarray(sent, ++sent)), everyMs);
      link.near.once('close', () => clearInterval(timer));
    };
  }

  /** Passes on `bytes` of each connection's answers, and breaks it there. */
  breakAnswersAfter(bytes: number, breaking: Breaking): void {
    this.#onAnswer = (link, chunk) => {
      const rest = chunk.subarray(0, bytes - link.passed);
      passOn(link, rest);
      if (link.passed >= bytes) this.#break(link, breaking);
    };
  }

  /** Sends bytes that mean nothing instead of answers. */
  garbleAnswers(): void {
    const garbage = Buffer.from(Array.from({ length: 64 }, (_, n) => (n * 37 + 128) % 256));
    this.#onAnswer = ({ near }) => void near.write(garbage);
  }

  /** Swallows everything in both directions, and tells neither side: a cable that was cut. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** Does so with those that are open, for good, and with no other: a router that forgot them. */
  freezeOpen(): void {
    for (const link of this.#links) link.isDead = true;
  }

  /** Breaks every connection that is open. */
  breakAll(breaking: Breaking): void {
    for (const link of this.#links) this.#break(link, breaking);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { near } of this.#links) near.destroy();
    await closed;
  }

  #accept(near: Socket): void {
    this.#accepted++;
    const { hostname: host, port } = this.#target;
    const far = connect({ host, port: Number(port), allowHalfOpen: true });
    const link: Link = { near, far, isDead: false, passed: 0 };
    const isFrozen = (): boolean => this.#isFrozen || link.isDead;
    this.#links.add(link);
    near.on('data', (chunk) => isFrozen() || far.write(chunk));
    far.on('data', (chunk) => isFrozen() || this.#onAnswer(link, chunk));
    // Of a cut cable the gateway's own end is all that is left when it gives up.
    near.on('end', () => (isFrozen() ? near.destroy() : far.end()));
    far.on('end', () => isFrozen() || near.end());
    near.on('error', () => near.destroy()).on('close', () => far.destroy());
    far.on('error', () => isFrozen() || near.destroy());
    near.once('close', () => this.#links.delete(link));
  }

  #break({ near, far }: Link, breaking: Breaking): void {
    if (breaking === 'reset') near.resetAndDestroy();
    else if (breaking === 'close') near.end(() => near.destroy());
    else near.end();
    far.destroy();
  }
}
