import { loadDemoConfig } from '../config.ts';
import { createGateway } from '../gateway.ts';
import { createLog } from '../observe/log.ts';
import { demoAuthorization, demoPin, startSimulators } from '../simulators/index.ts';
import { closeOnSignal } from './close-on-signal.ts';
import { startNotice } from './notices.ts';

/** Runs three simulated providers and the gateway in front of them until a signal ends them. */
export async function start(): Promise<void> {
  const simulators = await startSimulators();
  try {
    const config = loadDemoConfig(simulators.urls);
    const gateway = createGateway(config, {
      log: createLog(config.logLevel),
      demo: { authorization: demoAuthorization, pin: demoPin },
    });
    closeOnSignal(async () => {
      await gateway.close();
      await simulators[Symbol.asyncDispose]();
    });
    const { url } = await gateway.listen();
    process.stdout.write(startNotice(url, simulators.urls));
  } catch (error) {
    await simulators[Symbol.asyncDispose]();
    throw error;
  }
}
