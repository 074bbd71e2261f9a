// The clients of the overload benchmark, in a process of their own, which is commanded over IPC: in a
// closed loop they send when they have been answered, in an open one when it is time, whatever the
// server does.
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './support/connection.ts';
import { percentile } from './support/percentile.ts';
import { serveCommands } from './support/worker.ts';
import { accountPins } from './support/workload.ts';

/** A closed loop. */
export interface ClosedLoop {
  readonly url: string;
  /** As many requests are always under way. */
  readonly connections: number;
  readonly durationMs: number;
}

/** An open loop. */
export interface OpenLoop {
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly durationMs: number;
  /** A request for which none of them is free is not sent. */
  readonly connections: number;
}

/** What became of an open loop's requests. */
export interface OpenLoopReport {
  readonly sentPerSecond: number;
  /** Requests that were due and had no free connection to be sent over. */
  readonly unsentPerSecond: number;
  readonly servedPerSecond: number;
  /** Of each whole second. */
  readonly servedInSecond: readonly number[];
  readonly servedP50Ms: number;
  readonly servedP99Ms: number;
  /** Answers without the PINs of a provider. */
  readonly partialPerSecond: number;
  readonly refusedPerSecond: number;
  readonly refusedP50Ms: number;
  readonly refusedP99Ms: number;
  /** From the start to the last answer that was a refusal; 0 without one. */
  readonly lastRefusalMs: number;
}

/** What the clients can be told. */
export type OfferedLoadCommands = typeof commands;

/** How often an open loop looks whether it is time. */
const tickMs = 2;

const body = JSON.stringify({ query: accountPins });
let user = 0;

/** A provider's failure would be an entry in its place. */
const isWhole = (body: string): boolean => !body.includes('Error"');

const nextRequest = (url: URL): string => {
  const credential = `Bearer user-${user++}`;
  return (
    `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n` +
    'accept: application/json\r\ncontent-type: application/json\r\n' +
    `x-adm-authorization: ${credential}\r\nx-pace-authorization: ${credential}\r\n` +
    `content-length: ${body.length}\r\n\r\n${body}`
  );
};

/** Opens connections, not more at a time than a server's backlog holds. */
async function openConnections(url: URL, count: number): Promise<Connection[]> {
  const connections: Connection[] = [];
  while (connections.length < count) {
    const batch = Math.min(100, count - connections.length);
    connections.push(
      ...(await Promise.all(Array.from({ length: batch }, () => Connection.open(url)))),
    );
  }
  return connections;
}

const commands = {
  /** @returns answers a second */
  async closed({ url, connections: count, durationMs }: ClosedLoop): Promise<number> {
    const target = new URL(url);
    const connections = await openConnections(target, count);
    const startedAt = performance.now();
    let answers = 0;
    const drive = (connection: Connection): Promise<void> =>
      new Promise((resolve) => {
        const next = () => {
          if (performance.now() - startedAt >= durationMs) {
            resolve();
            return;
          }
          connection.exchange(nextRequest(target), ({ status, body }) => {
            if (status !== 200 || !isWhole(body)) throw new Error(`not served: ${status} ${body}`);
            answers++;
            next();
          });
        };
        next();
      });
    await Promise.all(connections.map(drive));
    const seconds = (performance.now() - startedAt) / 1000;
    for (const connection of connections) connection.close();
    return answers / seconds;
  },

  async open(options: OpenLoop): Promise<OpenLoopReport> {
    const { url, requestsPerSecond, durationMs, connections: count } = options;
    const target = new URL(url);
    const connections = await openConnections(target, count);
    /** The one that has waited longest comes first, so that none is closed for its idleness. */
    let idle = [...connections];
    let taken = 0;
    const served: number[] = [];
    const refused: number[] = [];
    const servedInSecond: number[] = [];
    let sent = 0;
    let unsent = 0;
    let partial = 0;
    let lastRefusalMs = 0;
    const startedAt = performance.now();

    const send = (connection: Connection, dueAt: number): void => {
      sent++;
      connection.exchange(nextRequest(target), ({ status, body }) => {
        const now = performance.now();
        idle.push(connection);
        const atMs = now - startedAt;
        if (status === 200 && isWhole(body)) {
          served.push(now - dueAt);
          const second = Math.floor(atMs / 1000);
          servedInSecond[second] = (servedInSecond[second] ?? 0) + 1;
        } else if (status === 503) {
          refused.push(now - dueAt);
          lastRefusalMs = atMs;
        } else if (status === 200) {
          partial++;
        } else throw new Error(`${status} ${body}`);
      });
    };
    let due = 0;
    while (performance.now() - startedAt < durationMs) {
      const now = performance.now();
      const dueNow = Math.floor(((now - startedAt) / 1000) * requestsPerSecond);
      for (; due < dueNow; due++) {
        const connection = idle[taken];
        if (connection) {
          taken++;
          send(connection, now);
        } else unsent++;
      }
      if (taken > 10_000) {
        idle = idle.slice(taken);
        taken = 0;
      }
      await sleep(tickMs);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    for (const connection of connections) connection.close();
    return {
      sentPerSecond: sent / seconds,
      unsentPerSecond: unsent / seconds,
      servedPerSecond: served.length / seconds,
      servedInSecond: servedInSecond.slice(0, Math.floor(seconds)),
      servedP50Ms: percentile(served, 0.5),
      servedP99Ms: percentile(served, 0.99),
      partialPerSecond: partial / seconds,
      refusedPerSecond: refused.length / seconds,
      refusedP50Ms: percentile(refused, 0.5),
      refusedP99Ms: percentile(refused, 0.99),
      lastRefusalMs,
    };
  },
};
serveCommands(commands);
