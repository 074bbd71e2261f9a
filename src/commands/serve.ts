import { loadConfig } from '../config.ts';
import { createGateway } from '../gateway.ts';
import { createLog } from '../observe/log.ts';
import { closeOnSignal } from './close-on-signal.ts';
import { endOnBug } from './end-on-bug.ts';
import { tuneV8 } from './tune-v8.ts';
import { warnOfDescriptors } from './warn-of-descriptors.ts';
import { withoutFetch } from './without-fetch.ts';

/** Runs the gateway in front of real providers until a signal ends it. */
export async function serve(): Promise<void> {
  const config = loadConfig();
  withoutFetch();
  const log = createLog(config.logLevel);
  const gateway = createGateway(config, { log });
  endOnBug(log, () => gateway.close());
  closeOnSignal(gateway, log);
  tuneV8(() => gateway.subscribers());
  await gateway.listen();
  warnOfDescriptors(config.maxConnections, log);
}
