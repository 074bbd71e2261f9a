/**
 * The three PIN providers, simulated: real HTTP servers for `npm start`, for tests and for trying
 * things out without a contract with any of the three companies.
 */
import { systemClock } from './clock.ts';
import { fixedOtp } from './pace-account.ts';
import { type SimulatorOptions, type Simulators, startByClock } from './start.ts';

export type { SimulatorOptions, Simulators };

/** Starts the three simulators; if one cannot start, it rejects and none is left running. */
export function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  return startByClock(options, systemClock);
}

/** The `Authorization` header of the demo user, at every provider. */
export const demoAuthorization = 'Bearer demo';

/** The PIN of the demo user at PIMS. */
export const demoPin = '1234';

/** The command line that sets the demo user's PACE PIN: every open poll for it is answered. */
export function setPinCommand(paceUrl: string): string {
  const document = { data: { type: 'pin', attributes: { pin: '5621', otp: fixedOtp } } };
  return `curl -i -X PUT ${paceUrl}/user/pin -H 'Authorization: ${demoAuthorization}' -H 'Content-Type: application/vnd.api+json' -d '${JSON.stringify(document)}'`;
}

/** The command line that takes the demo user's PACE PIN away again. */
export function unsetPinCommand(paceUrl: string): string {
  return `curl -i -X DELETE ${paceUrl}/_simulator/pin -H 'Authorization: ${demoAuthorization}'`;
}
