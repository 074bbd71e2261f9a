import { startSimulators } from '../simulators/index.ts';
import { closeOnSignal } from './close-on-signal.ts';
import { simulateNotice } from './notices.ts';
import { print } from './print.ts';

/** The same every time, so that they can be written down; if one of them is taken: any free ones. */
const ports = { ADM: 4001, PACE: 4002, PIMS: 4003 };

/** Runs the three simulated providers until a signal ends them. */
export async function simulate(): Promise<void> {
  const simulators = await startSimulators({ ports }).catch(() => startSimulators());
  closeOnSignal({ close: () => simulators[Symbol.asyncDispose]() });
  print(simulateNotice(simulators.urls));
}
