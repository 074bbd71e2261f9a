import { expect } from 'vitest';
import { startGateway, type LogLine } from '../support/gateway.ts';
import { silence, startUpstream, type ScriptedUpstream } from '../support/upstream.ts';

/** What a client sends along. */
export const names = {
  'x-adm-authorization': 'Bearer a',
  'x-pace-authorization': 'Bearer b',
  'x-pims-authorization': 'Bearer c',
  'x-request-id': 'logged.1',
};

/** The upstreams of one test and its gateway. */
export interface Scene {
  readonly origin: string;
  readonly adm: ScriptedUpstream;
  readonly pace: ScriptedUpstream;
  readonly pims: ScriptedUpstream;
}

/** Everything of the log that `act` caused: read when the gateway has closed and all is written. */
export async function logOf(act: (scene: Scene) => Promise<void>): Promise<LogLine[]> {
  await using adm = await startUpstream(silence);
  await using pace = await startUpstream(silence);
  await using pims = await startUpstream(silence);
  const urls = { ADM_URL: adm.url, PACE_URL: pace.url, PIMS_URL: pims.url };
  const gateway = await startGateway({ ...urls, DRAIN_SECONDS: '5' });
  try {
    await act({ origin: gateway.origin, adm, pace, pims });
  } finally {
    await gateway.gateway.close();
  }
  return gateway.logLines();
}

/** The lines about operations. */
export const requestsIn = (lines: LogLine[]): LogLine[] =>
  lines.filter(({ msg }) => msg === 'request');

/** All that a line has: a field more or less fails the test. */
export const line = (fields: LogLine): LogLine => ({
  level: 30,
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
  msg: 'request',
  requestId: 'logged.1',
  durationMs: expect.any(Number) as number,
  ...fields,
});

/** What the lines of a transport have in common. */
export const overHttp = { transport: 'http', status: 200 };
export const overWebSocket = { transport: 'websocket' };
