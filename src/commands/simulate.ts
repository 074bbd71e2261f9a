import { startSimulators } from '../simulators/index.ts';
import { closeOnSignal } from './close-on-signal.ts';
import { simulateNotice } from './notices.ts';

/** Fixed, so that the settings of a gateway beside them can be written down. */
const ports = { ADM: 4001, PACE: 4002, PIMS: 4003 };

/** Runs the three simulated providers until a signal ends them. */
export async function simulate(): Promise<void> {
  const simulators = await startSimulators({ ports });
  closeOnSignal(() => simulators[Symbol.asyncDispose]());
  process.stdout.write(simulateNotice(simulators.urls));
}
