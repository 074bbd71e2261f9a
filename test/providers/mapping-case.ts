import type { Environment } from '../../src/config.ts';
import type { PinProvider } from '../generated/graphql.ts';
import { startGateway } from '../support/gateway.ts';
import { reply } from '../support/upstream.ts';
import { contract, type Cause } from './contract.ts';
import { entryOf, type Beyond, type ExpectedEntry } from './entries.ts';
import { askOtp, askPins, askPinSet } from './harness.ts';
import { answering, type Given, type NamedSituation } from './situations.ts';

/** One way in which a row of the mapping comes about. */
export interface MappingCase {
  readonly cause: Cause;
  /** Ends the sentence "when …". */
  readonly situation: string;
  readonly entry: ExpectedEntry;
  /** Brings the situation about and returns the entry that a client gets. */
  readonly observe: () => Promise<unknown>;
}

/** A way to ask one provider through the graph. */
export interface Reading {
  readonly provider: PinProvider;
  readonly name: string;
  readonly environment: Environment;
  readonly ask: (origin: string) => Promise<unknown>;
}

/** The one entry that `account.pins` has; the whole list when there is another number of them. */
const askOnePin =
  (provider: PinProvider) =>
  async (origin: string): Promise<unknown> => {
    const pins = await askPins(origin, [provider]);
    return pins?.length === 1 ? pins[0] : pins;
  };

/** `account.pins` of ADM. */
export const admPins: Reading = {
  provider: 'ADM',
  name: 'ADM, account.pins',
  environment: {},
  ask: askOnePin('ADM'),
};

/** `account.pins` of PACE. */
export const pacePins: Reading = {
  provider: 'PACE',
  name: 'PACE, account.pins',
  environment: {},
  ask: askOnePin('PACE'),
};

/** `pinSet`, which gives up on transient failures after a second. */
export const pacePinSet: Reading = {
  provider: 'PACE',
  name: 'PACE, pinSet',
  environment: { PIN_SET_GIVE_UP_SECONDS: '1', PACE_POLL_SECONDS: '1' },
  ask: (origin) => askPinSet(origin),
};

/** `generateOtp`. */
export const pimsOtp: Reading = {
  provider: 'PIMS',
  name: 'PIMS, generateOtp',
  environment: {},
  ask: (origin) => askOtp(origin),
};

/** A case: asked like this, in this situation, the provider gives the entry of this row. */
export const mappingCase = (
  reading: Reading,
  cause: Cause,
  situation: string,
  given: Given,
  beyond: Beyond = {},
  environment: Environment = {},
): MappingCase => ({
  cause,
  situation: `${situation} (${reading.name})`,
  entry: entryOf(reading.provider, contract[cause], beyond),
  async observe() {
    await using upstream = await given();
    await using gateway = await startGateway({
      [`${reading.provider}_URL`]: upstream.url,
      ...reading.environment,
      ...environment,
    });
    return await reading.ask(gateway.origin);
  },
});

/** The same row for several situations. */
export const mappingCases = (
  reading: Reading,
  cause: Cause,
  situations: readonly NamedSituation[],
  environment: Environment = {},
): MappingCase[] =>
  situations.map(([name, given, httpStatus]) => {
    const beyond = httpStatus === undefined ? {} : { upstream: { httpStatus } };
    return mappingCase(reading, cause, name, given, beyond, environment);
  });

/** The same row for several HTTP statuses, whose answers have nothing else. */
export const statusCases = (
  reading: Reading,
  cause: Cause,
  statuses: readonly number[],
): MappingCase[] =>
  statuses.map((status) => {
    const headers = status >= 300 && status <= 399 ? { location: '/elsewhere' } : {};
    const given = answering(reply(status, '', headers));
    return mappingCase(reading, cause, `the status is ${status}`, given, {
      upstream: { httpStatus: status },
    });
  });
