import { setTimeout as sleep } from 'node:timers/promises';
import { once } from 'node:events';
import type { PinSetClient } from './pin-set-client.ts';
import { SseClient } from './sse-client.ts';
import { WebSocketClient } from './websocket-client.ts';

/** How many there are, and where. */
export interface CyclesOptions {
  /** The gateway's GraphQL address. */
  readonly url: string;
  readonly cycles: number;
  /** The number of the first user: every cycle is another one's. */
  readonly firstUser: number;
  /** Sets a user's PIN. */
  readonly setPin: (credential: string) => Promise<void>;
}

/** One way in which a subscription ends. */
interface Ending {
  readonly Client: typeof SseClient | typeof WebSocketClient;
  /** Null: the PIN is set, and the gateway ends it. */
  readonly leave: ((client: PinSetClient) => void) | null;
  /** The client's end of the connection stays open: only the gateway's pings find out. */
  readonly isMute?: true;
}

const endings: readonly Ending[] = [
  { Client: WebSocketClient, leave: null },
  { Client: WebSocketClient, leave: (client) => client.complete() },
  { Client: WebSocketClient, leave: (client) => client.close() },
  { Client: WebSocketClient, leave: (client) => client.destroy() },
  { Client: WebSocketClient, leave: (client) => client.mute(), isMute: true },
  { Client: SseClient, leave: null },
  { Client: SseClient, leave: (client) => client.destroy() },
  { Client: SseClient, leave: (client) => client.close() },
];

/** At a time, those apart that have gone mute. */
const concurrency = 50;

/** They leave at any time up to this one: while the gateway connects to PACE, or while it waits there. */
const longestStayMs = 40;

/**
 * Subscribes and leaves, in every way there is, one after the other.
 *
 * @returns the clients that went mute, for the caller to let go of
 */
export async function runCycles(options: CyclesOptions): Promise<PinSetClient[]> {
  const mute: PinSetClient[] = [];
  let begun = 0;
  const drive = async (): Promise<void> => {
    while (begun < options.cycles) {
      const index = begun++;
      const ending = endings[index % endings.length];
      if (ending === undefined) continue;
      const client = await runCycle(ending, index % longestStayMs, options, index);
      if (ending.isMute) mute.push(client);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, drive));
  return mute;
}

async function runCycle(
  { Client, leave, isMute }: Ending,
  stayMs: number,
  { url, firstUser, setPin }: CyclesOptions,
  index: number,
): Promise<PinSetClient> {
  const credential = `Bearer user-${firstUser + index}`;
  const subscribed = Promise.withResolvers<undefined>();
  const told = Promise.withResolvers<undefined>();
  told.promise.catch(() => undefined); // who leaves does not look at it
  const client = new Client(new URL(url), credential, {
    onSubscribed: () => subscribed.resolve(undefined),
    onResult(result) {
      if (result.includes('"__typename":"PinSetEvent"')) told.resolve(undefined);
      else told.reject(new Error(`not the event: ${result}`));
    },
    onLost(reason) {
      subscribed.reject(new Error(reason));
      told.reject(new Error(reason));
    },
  });
  await subscribed.promise;
  await sleep(stayMs);
  if (leave === null) {
    await setPin(credential);
    await told.promise;
    client.destroy();
  } else leave(client);
  if (!isMute) await once(client.socket, 'close');
  return client;
}
