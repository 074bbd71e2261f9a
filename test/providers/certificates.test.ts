import { describe, expect, it } from 'vitest';
import { createCertificate, trusted, type Certificate } from '../support/certificate.ts';
import { startGateway } from '../support/gateway.ts';
import { startTlsUpstream } from '../support/h2-upstream.ts';
import { reply, startUpstream } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf, pinEntry } from './entries.ts';
import { askOtp, askPins, askPinSet } from './harness.ts';

/** Made once: each takes two processes. */
const good = trusted(createCertificate());
const certificates: readonly (readonly [what: string, certificate: Certificate, code: string])[] = [
  ['has expired', trusted(createCertificate({ days: -1 })), 'CERT_HAS_EXPIRED'],
  [
    'is for another address',
    trusted(createCertificate({ altName: 'IP:127.0.0.2' })),
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  [
    'is for a name only',
    trusted(createCertificate({ altName: 'DNS:provider.example' })),
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  ['vouches for itself', createCertificate(), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
];

const startTls = (certificate: Certificate, protocol: 'h2' | 'http/1.1') =>
  startTlsUpstream([protocol], 100, certificate);

describe.each(certificates)('A provider whose certificate %s', (_what, certificate, code) => {
  it.each([
    ['ADM', 0],
    ['PACE', 1],
  ] as const)('%s is not asked for the status of PINs, the other is', async (provider, place) => {
    await using upstream = await startTls(certificate, 'http/1.1');
    const list = { totalRecords: 1, resourceSet: [{ pinType: 'Adult', status: 'SET' }] };
    await using other = await startUpstream(provider === 'ADM' ? reply(404) : reply(200, list));
    const urls: Record<string, string> = { ADM_URL: other.url, PACE_URL: other.url };
    urls[`${provider}_URL`] = upstream.url;
    await using asked = await startGateway(urls);
    const pins: unknown[] = [pinEntry('ADM', 'Adult', 'SET'), pinEntry('PACE', 'USER', 'UNSET')];
    pins[place] = entryOf(provider, contract['connection failed']);
    expect(await askPins(asked.origin)).toEqual(pins);
    expect(asked.log()).toContain(code);
    expect(upstream.http1Requests).toBe(0);
  });

  it('is not asked for a one-time password: neither credential nor PIN leave', async () => {
    await using pims = await startTls(certificate, 'http/1.1');
    await using gateway = await startGateway({ PIMS_URL: pims.url });
    expect(await askOtp(gateway.origin)).toEqual(entryOf('PIMS', contract['failed before sent']));
    expect(gateway.log()).toContain(code);
    expect(pims.http1Requests).toBe(0);
  });

  it.each(['h2', 'http/1.1'] as const)('is not polled over %s', async (protocol) => {
    await using pace = await startTls(certificate, protocol);
    const environment = { PACE_URL: pace.url, PIN_SET_GIVE_UP_SECONDS: '1' };
    await using gateway = await startGateway(environment);
    expect(await askPinSet(gateway.origin)).toEqual(entryOf('PACE', contract['connection failed']));
    expect(gateway.log()).toContain(code);
    expect([pace.http1Requests, pace.sessions.flat().length]).toEqual([0, 0]);
  });
});

describe('A provider whose certificate is good', () => {
  it('is asked over TLS by every operation', async () => {
    await using upstream = await startTls(good, 'http/1.1');
    const { url } = upstream;
    await using gateway = await startGateway({ ADM_URL: url, PACE_URL: url, PIMS_URL: url });
    const broken = { upstream: { httpStatus: 200 } }; // it has one empty answer for everything
    expect(await askPins(gateway.origin)).toEqual([
      entryOf('ADM', contract['broken contract'], broken),
      pinEntry('PACE', 'USER', 'SET'),
    ]);
    expect(await askOtp(gateway.origin)).toEqual(
      entryOf('PIMS', contract['broken contract'], broken),
    );
    expect(await askPinSet(gateway.origin)).toMatchObject({ __typename: 'PinSetEvent' });
    expect(upstream.http1Requests).toBe(4);
  });
});
