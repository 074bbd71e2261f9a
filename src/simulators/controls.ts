import { type FaultSwitch, parseFault } from './faults.ts';
import type { Provider } from './provider.ts';
import { jsonReply } from './reply.ts';
import type { Route } from './routes.ts';

/** Where the simulator's own calls live, apart from the provider's. */
export const controlPrefix = '/_simulator/';

/** The simulator's own calls that are the same at every provider: its state and its fault. */
export function commonControls(
  provider: Provider,
  faults: FaultSwitch,
  requestCounts: ReadonlyMap<string, number>,
): readonly Route[] {
  return [
    {
      method: 'GET',
      path: `${controlPrefix}state`,
      handle: () =>
        jsonReply(200, {
          provider: provider.name,
          fault: faults.current,
          requests: Object.fromEntries(requestCounts),
          ...provider.state(),
        }),
    },
    {
      method: 'PUT',
      path: `${controlPrefix}fault`,
      async handle({ readJson }) {
        const fault = parseFault(await readJson());
        faults.set(fault);
        return jsonReply(200, { fault });
      },
    },
    {
      method: 'DELETE',
      path: `${controlPrefix}fault`,
      handle() {
        faults.set(null);
        return { status: 204 };
      },
    },
  ];
}
