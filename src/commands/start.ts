import { loadDemoConfig } from '../config.ts';
import { createGateway } from '../gateway.ts';
import { createLog } from '../observe/log.ts';
import { demoAuthorization, demoPin, startSimulators } from '../simulators/index.ts';
import { closeOnSignal } from './close-on-signal.ts';
import { endOnBug } from './end-on-bug.ts';
import { startNotice } from './notices.ts';
import { print } from './print.ts';

/** Runs three simulated providers and the gateway in front of them until a signal ends them. */
export async function start(): Promise<void> {
  const simulators = await startSimulators();
  try {
    const config = loadDemoConfig(simulators.urls);
    const log = createLog(config.logLevel);
    const gateway = createGateway(config, {
      log,
      demo: { authorization: demoAuthorization, pin: demoPin },
    });
    endOnBug(log, () => gateway.close());
    const close = async (): Promise<void> => {
      await gateway.close();
      await simulators[Symbol.asyncDispose]();
    };
    closeOnSignal({ close, cut: () => gateway.cut() }, log);
    const { url } = await gateway.listen();
    print(startNotice(url, simulators.urls));
  } catch (error) {
    await simulators[Symbol.asyncDispose]();
    throw error;
  }
}
