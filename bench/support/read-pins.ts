import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Pool } from 'undici';

/** An entry of the list of PINs, with the fields of the gateway's graph. */
export type PinEntry =
  | {
      readonly __typename: 'Pin';
      readonly provider: 'ADM' | 'PACE';
      readonly type: string;
      readonly status: string;
      readonly requirement: string | null;
      readonly actionRequired: boolean;
      readonly lock: { readonly remainingSeconds: number; readonly until: string } | null;
    }
  | {
      readonly __typename: 'UnavailableError';
      readonly provider: 'ADM' | 'PACE';
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    };

interface AdmAnswer {
  readonly resourceSet: readonly {
    readonly pinType: string;
    readonly status: string;
    readonly extendedStatus: string;
    readonly lockTimeRemaining: number;
  }[];
}

// As many as the gateway may open.
const connections = 256;
const adm = new Pool(process.env['ADM_URL'] ?? '', { connections });
const pace = new Pool(process.env['PACE_URL'] ?? '', { connections });

/**
 * Asks both upstreams for the PINs, side by side, with the headers that the gateway sends. The
 * aggregator and the rivals all use it, so that they differ in nothing but what serves it.
 */
export async function readPins(headers: IncomingHttpHeaders): Promise<PinEntry[]> {
  const requestId = randomUUID();
  const [admPins, pacePin] = await Promise.all([
    readAdm(credentialIn(headers, 'x-adm-authorization'), requestId),
    readPace(credentialIn(headers, 'x-pace-authorization'), requestId),
  ]);
  return [...admPins, pacePin];
}

async function readAdm(authorization: string, requestId: string): Promise<PinEntry[]> {
  const { statusCode, body } = await adm.request({
    method: 'GET',
    path: '/adm/v1/user/accounts/pins/status',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      authorization,
      'x-correlation-id': requestId,
      'x-request-id': requestId,
    },
  });
  if (statusCode !== 200) {
    await body.dump();
    return [unavailable('ADM')];
  }
  const { resourceSet } = (await body.json()) as AdmAnswer;
  const now = Date.now();
  return resourceSet.map(({ pinType, status, extendedStatus, lockTimeRemaining }) => ({
    __typename: 'Pin',
    provider: 'ADM',
    type: pinType,
    status,
    requirement: extendedStatus,
    actionRequired: extendedStatus === 'MANDATORY' && status === 'UNSET',
    lock:
      status === 'LOCKED'
        ? {
            remainingSeconds: lockTimeRemaining,
            until: new Date(now + lockTimeRemaining * 1000).toISOString(),
          }
        : null,
  }));
}

async function readPace(authorization: string, requestId: string): Promise<PinEntry> {
  const { statusCode, body } = await pace.request({
    method: 'GET',
    path: '/user/pin',
    headers: { accept: 'application/vnd.api+json', authorization, 'x-request-id': requestId },
  });
  await body.dump();
  if (statusCode !== 200 && statusCode !== 404) return unavailable('PACE');
  return {
    __typename: 'Pin',
    provider: 'PACE',
    type: 'USER',
    status: statusCode === 200 ? 'SET' : 'UNSET',
    requirement: null,
    actionRequired: false,
    lock: null,
  };
}

const credentialIn = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

const unavailable = (provider: 'ADM' | 'PACE'): PinEntry => ({
  __typename: 'UnavailableError',
  provider,
  code: 'SERVER_ERROR',
  message: 'The provider failed.',
  retryable: true,
});
