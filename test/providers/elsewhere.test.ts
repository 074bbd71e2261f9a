import { afterEach, describe, expect, it, vi } from 'vitest';
import { startRawUpstream, mute } from '../support/raw-upstream.ts';
import { reply } from '../support/upstream.ts';
import { contract } from './contract.ts';
import { entryOf } from './entries.ts';
import { askOtp, askPins, askPinSet, startWith } from './harness.ts';

/** Everything that a provider can be asked for, and the entry that each answer becomes. */
const uses = [
  ['ADM', 'account.pins', (origin: string) => askPins(origin).then((pins) => pins?.[0])],
  ['PACE', 'account.pins', (origin: string) => askPins(origin).then((pins) => pins?.[0])],
  ['PACE', 'pinSet', (origin: string) => askPinSet(origin)],
  ['PIMS', 'generateOtp', (origin: string) => askOtp(origin)],
] as const;

/** Where a provider may want to send the gateway. `$decoy` is the host and port of a listener. */
const locations = [
  'http://$decoy/',
  'http://user:password@$decoy/',
  'https://$decoy/',
  '//$decoy/',
  '\\\\$decoy\\',
  'http://169.254.169.254/latest/meta-data/',
  'http://[fd00:ec2::254]/',
  'file:///etc/passwd',
  'unix:/var/run/docker.sock',
  'data:application/json,{"totalRecords":0,"resourceSet":[]}',
  'javascript:alert(1)',
  '/adm/v1/user/accounts/pins/status',
  '',
];

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(uses)('%s, asked by %s,', (provider, _use, ask) => {
  it.each(locations)('sends nobody to "%s"', async (location) => {
    await using decoy = await startRawUpstream(mute);
    const address = location.replace('$decoy', new URL(decoy.url).host);
    const environment = { OTP_ATTEMPTS_PER_MINUTE: '100' };
    await using started = await startWith(provider, reply(200), environment);
    for (const status of [300, 301, 302, 303, 305, 307, 308]) {
      started.upstream.respond = reply(status, '', { location: address });
      expect(await ask(started.origin)).toEqual(
        entryOf(provider, contract['HTTP 1xx or 3xx'], { upstream: { httpStatus: status } }),
      );
    }
    expect(started.upstream.requests).toHaveLength(7);
    expect(decoy.connections).toBe(0);
  });

  it('sends nobody elsewhere by other headers of its answer', async () => {
    await using decoy = await startRawUpstream(mute);
    const { host } = new URL(decoy.url);
    const headers = {
      'alt-svc': `h2="${host}"; ma=86400; persist=1, http/1.1="${host}"`,
      'content-location': `http://${host}/`,
      link: `<http://${host}/>; rel=preconnect, <http://${host}/>; rel=canonical`,
      refresh: `0; url=http://${host}/`,
      'set-cookie': 'session=1; Domain=127.0.0.1',
      'www-authenticate': `Bearer realm="http://${host}/"`,
    };
    await using started = await startWith(provider, reply(401, '', headers));
    for (const asked of [1, 2]) {
      expect(await ask(started.origin)).toMatchObject({ code: 'CREDENTIAL_REJECTED' });
      expect(started.upstream.requests).toHaveLength(asked);
    }
    expect(started.upstream.requests[1]?.headers.cookie).toBeUndefined();
    expect(decoy.connections).toBe(0);
  });

  it('is asked directly, whatever proxy the environment names', async () => {
    await using decoy = await startRawUpstream(mute);
    for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) {
      vi.stubEnv(name, decoy.url);
    }
    await using started = await startWith(provider, reply(403));
    expect(await ask(started.origin)).toMatchObject({ code: 'FORBIDDEN' });
    expect(decoy.connections).toBe(0);
  });
});
