// The clients of the subscription benchmark, thousands of them in one process, which is commanded over
// IPC. Each has a connection of its own with one `pinSet`.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PinSetClient } from './support/pin-set-client.ts';
import { SseClient } from './support/sse-client.ts';
import { waitUntil } from './support/wait-until.ts';
import { WebSocketClient } from './support/websocket-client.ts';
import { serveCommands } from './support/worker.ts';

/** How a client reaches the gateway. */
export type Transport = 'websocket' | 'sse';

/** Who comes. */
export interface HerdOptions {
  /** The gateway's GraphQL address. */
  readonly url: string;
  readonly transport: Transport;
  /** One client for each. */
  readonly credentials: readonly string[];
  readonly opensPerSecond: number;
}

/** How they are doing. */
export interface HerdReport {
  /** Clients that have got their event. */
  readonly events: number;
  /** Results that are no event, and connections that the gateway closed. */
  readonly failures: number;
  /** What the first of those were. */
  readonly firstFailures: readonly string[];
}

/** What the herd can be told. */
export type HerdCommands = typeof commands;

/** Often enough for the connections to come one by one, more or less. */
const openIntervalMs = 10;

/** How long the gateway may take to catch up with the last to come. */
const subscribeLimitMs = 60_000;

let clients: PinSetClient[] = [];
let subscribed = 0;
let receivedAt = new Float64Array();
let events = 0;
let failures = 0;
let firstFailures: string[] = [];

function fail(reason: string): void {
  failures++;
  if (firstFailures.length < 3) firstFailures.push(reason);
}

function openClient(index: number, credential: string, url: URL, transport: Transport): void {
  const Client = transport === 'sse' ? SseClient : WebSocketClient;
  const listener = {
    onSubscribed: () => subscribed++,
    onResult(result: string, atMs: number) {
      if (!result.includes('"__typename":"PinSetEvent"') || receivedAt[index] !== 0) {
        fail(result);
        return;
      }
      receivedAt[index] = atMs;
      events++;
    },
    onLost(reason: string) {
      // Over SSE the end of the stream follows the event.
      if (receivedAt[index] === 0) fail(reason);
    },
  };
  clients.push(new Client(url, credential, listener));
}

const commands = {
  /** Opens all, paced, and returns when each has its subscription. Forgets those before. */
  async open({ url, transport, credentials, opensPerSecond }: HerdOptions): Promise<void> {
    clients = [];
    subscribed = events = failures = 0;
    firstFailures = [];
    receivedAt = new Float64Array(credentials.length);
    const target = new URL(url);
    const startedAt = performance.now();
    for (const [index, credential] of credentials.entries()) {
      const dueAt = startedAt + (index / opensPerSecond) * 1000;
      while (performance.now() < dueAt) await sleep(openIntervalMs);
      openClient(index, credential, target, transport);
    }
    await waitUntil('all subscribed', subscribeLimitMs, () => {
      if (failures > 0) throw new Error(firstFailures[0]);
      return subscribed === credentials.length;
    });
  },
  report: (): HerdReport => ({ events, failures, firstFailures }),
  /** When each client, in the order of their credentials, got its event, in epoch milliseconds; or 0. */
  receivedAt: (): Float64Array => receivedAt,
  /** All end their subscriptions as the protocol has it. */
  complete: (): void => clients.forEach((client) => client.complete()),
  /** All are gone at once. */
  destroy: (): void => clients.forEach((client) => client.destroy()),
};
serveCommands(commands);
