import { Writable } from 'node:stream';
import { loadConfig, type Environment } from '../../src/config.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { createLog } from '../../src/observe/log.ts';

/** One line of the log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A gateway that listens, in this process. Disposing it drains it. */
export interface TestGateway extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a path. */
  readonly origin: string;
  readonly gateway: Gateway;
  /** Everything that was logged so far, as text. */
  log(): string;
  /** The same, parsed. */
  logLines(): LogLine[];
}

/** Tests make the machine busy; where that is not what they are about, nothing is refused over it. */
export const quietly = { MAX_BUSY_OPERATIONS: '1000000', MAX_EVENT_LOOP_DELAY_MS: '60000' };

/** Starts a gateway on a free port with the given settings, everything else as by default. */
export async function startGateway(environment: Environment): Promise<TestGateway> {
  let text = '';
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const byDefault = { PORT: '0', LOG_LEVEL: 'debug', DRAIN_SECONDS: '1', ...quietly };
  const config = loadConfig({ ...byDefault, ...environment });
  const gateway = createGateway(config, { log: createLog(config.logLevel, output) });
  const { url } = await gateway.listen();
  return {
    origin: new URL(url).origin,
    gateway,
    log: () => text,
    logLines: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LogLine),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}
