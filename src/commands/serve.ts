import { loadConfig } from '../config.ts';
import { createGateway } from '../gateway.ts';
import { createLog } from '../observe/log.ts';
import { closeOnSignal } from './close-on-signal.ts';
import { giveMemoryBack } from './give-memory-back.ts';
import { limitHeapGrowth } from './heap-growth.ts';

/** Runs the gateway in front of real providers until a signal ends it. */
export async function serve(): Promise<void> {
  limitHeapGrowth();
  const config = loadConfig();
  const gateway = createGateway(config, {
    log: createLog(config.logLevel),
    onDeserted: giveMemoryBack,
  });
  closeOnSignal(() => gateway.close());
  await gateway.listen();
}
