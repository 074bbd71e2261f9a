import { expect, it } from 'vitest';
import { AccountPinsDocument, PinSetDocument } from '../generated/graphql.ts';
import { post, subscribeSse } from '../support/client.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { reply, startUpstream } from '../support/upstream.ts';

const credentials = { 'x-adm-authorization': 'Bearer a', 'x-pace-authorization': 'Bearer a' };

const providerLines = (gateway: TestGateway): unknown[] =>
  gateway
    .logLines()
    .filter(({ msg }) => msg === 'provider')
    .map(({ level, provider, availability, reason }) => [level, provider, availability, reason]);

it('the log says why a provider cannot be reached, once however often it is asked', async () => {
  await using gateway = await startGateway({
    ADM_URL: 'http://127.0.0.1:1',
    PACE_URL: 'http://no-such-host.invalid',
  });
  await post(gateway.origin, AccountPinsDocument, {}, credentials);
  await post(gateway.origin, AccountPinsDocument, {}, credentials);
  expect(providerLines(gateway).sort()).toEqual([
    [40, 'ADM', 'DEGRADED', 'ECONNREFUSED'],
    // The second one where there is no name server at all.
    [40, 'PACE', 'DEGRADED', expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/)],
  ]);
});

it('the log says why a subscription waits, while it waits', async () => {
  await using pace = await startUpstream(reply(503));
  await using gateway = await startGateway({ PACE_URL: pace.url });
  await using subscription = subscribeSse(gateway.origin, PinSetDocument, {}, credentials);
  await pace.received(2);
  expect(providerLines(gateway)).toEqual([[40, 'PACE', 'DEGRADED', 'HTTP 503']]);
  expect(subscription.payloads).toEqual([]);
});
