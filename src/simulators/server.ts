import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6 } from 'node:net';
import { readJson } from './body.ts';
import type { Clock } from './clock.ts';
import { commonControls, controlPrefix } from './controls.ts';
import { meetFault } from './fault-effects.ts';
import { FaultSwitch } from './faults.ts';
import { Refusal } from './problem.ts';
import type { Provider } from './provider.ts';
import type { Reply } from './reply.ts';
import { findRoute } from './routes.ts';

/** A simulator that listens. Disposing ends every connection, whatever it waits for. */
export interface RunningSimulator extends AsyncDisposable {
  /** Its base address, without a slash at the end. */
  readonly url: string;
}

/** As many connections may knock at once as the system allows; the default is 511. */
const listenBacklog = 65_535;

/** Longer than a client's pool keeps a connection, so that none is closed under a new request. */
const keepAliveTimeoutMs = 75_000;

/** Starts one provider's server; rejects when the address is taken. */
export async function startServer(
  provider: Provider,
  clock: Clock,
  host: string,
  port: number,
): Promise<RunningSimulator> {
  const answer = answerer(provider, clock);
  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (request, response) => {
    void serve(provider, answer, request, response);
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nx-simulated: true\r\nconnection: close\r\n\r\n');
  });
  const boundPort = await listen(server, host, port);
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${boundPort}`,
    [Symbol.asyncDispose]: closer(server),
  };
}

type Answer = (request: IncomingMessage, gone: AbortSignal) => Promise<Reply | undefined>;

/** Answers requests; `undefined` where the client has gone and there is nobody to answer. */
function answerer(provider: Provider, clock: Clock): Answer {
  const faults = new FaultSwitch();
  const requestCounts = new Map<string, number>();
  const controls = [...provider.controls, ...commonControls(provider, faults, requestCounts)];

  return async (request, gone) => {
    const [path = '', query] = (request.url ?? '').split('?', 2);
    const isControl = path.startsWith(controlPrefix);
    const route = findRoute(isControl ? controls : provider.routes, request.method ?? '', path);
    if (!isControl) {
      requestCounts.set(route.name, (requestCounts.get(route.name) ?? 0) + 1);
      const fault = faults.take();
      const reply = fault && (await meetFault(fault, { provider, clock, request, gone }));
      if (reply) return reply;
      // A client that left while a fault held it up must not leave its mark on the state.
      if (gone.aborted) return undefined;
    }
    return route.handle({
      authorization: request.headers.authorization,
      query: new URLSearchParams(query),
      pathParameters: route.pathParameters,
      gone,
      readJson: () => readJson(request),
    });
  };
}

/** Answers one request, whatever happens; never rejects. */
async function serve(
  provider: Provider,
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  const reply = await answer(request, leaving.signal).catch((error: unknown) =>
    provider.describeProblem(
      error instanceof Refusal
        ? error.problem
        : { status: 500, detail: `The simulator failed: ${String(error)}` },
    ),
  );
  if (reply === undefined || leaving.signal.aborted) return;
  response.statusCode = reply.status;
  response.setHeaders(new Map(Object.entries({ ...reply.headers, 'x-simulated': 'true' })));
  response.end(reply.body);
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: listenBacklog }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closer(server: Server): () => Promise<void> {
  let closed: Promise<void> | undefined;
  return () =>
    (closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }));
}
