import { admProvider } from './adm.ts';
import type { Clock } from './clock.ts';
import { paceProvider } from './pace.ts';
import { pimsProvider } from './pims.ts';
import type { Provider } from './provider.ts';
import { type RunningSimulator, startServer } from './server.ts';

/** Where the simulators listen. */
export interface SimulatorOptions {
  /** The address to listen at; default `127.0.0.1`. */
  readonly host?: string;
  /** The ports; default 0, which picks a free one. */
  readonly ports?: { readonly ADM?: number; readonly PACE?: number; readonly PIMS?: number };
}

/** The three simulators. Disposing ends every connection and resolves promptly. */
export interface Simulators extends AsyncDisposable {
  /** Their base addresses, without a slash at the end. */
  readonly urls: { readonly ADM: string; readonly PACE: string; readonly PIMS: string };
}

/** Starts the three simulators by the given clock; if one cannot start, none is left running. */
export async function startByClock(options: SimulatorOptions, clock: Clock): Promise<Simulators> {
  const { host = '127.0.0.1', ports = {} } = options;
  const started: RunningSimulator[] = [];
  const start = async (provider: Provider, port = 0): Promise<string> => {
    const simulator = await startServer(provider, clock, host, port);
    started.push(simulator);
    return simulator.url;
  };
  const dispose = async (): Promise<void> => {
    await Promise.all(started.map((simulator) => simulator[Symbol.asyncDispose]()));
  };
  try {
    const urls = {
      ADM: await start(admProvider(clock), ports.ADM),
      PACE: await start(paceProvider(clock), ports.PACE),
      PIMS: await start(pimsProvider(clock), ports.PIMS),
    };
    return { urls, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
