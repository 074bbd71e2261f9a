import { expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { ask, makeKnown } from '../support/hot.ts';
import { openConnection, postOf } from '../support/raw-connection.ts';
import { startUpstream } from '../support/upstream.ts';

const query =
  'query ($names: [PinProvider!]) { account { pins(providers: $names) { ... on Pin { type } } } }';

/** Says who has asked: the credential itself would be struck out. */
const pinTypes: Readonly<Record<string, string>> = { nobody: 'Zero', ann: 'First', bob: 'Second' };

const askFor = (user: string, names: unknown): string =>
  postOf(
    { query, variables: { names } },
    `x-adm-authorization: ${user}`,
    `x-request-id: of-${user}`,
  );

it('A connection that several users share, as behind a proxy, gives each of them their own, whatever fails', async () => {
  await using adm = await startUpstream((response, request) => {
    const pinType = pinTypes[request.headers.authorization ?? ''];
    response.end(JSON.stringify({ totalRecords: 1, resourceSet: [{ pinType, status: 'SET' }] }));
  });
  await using gateway = await startGateway({ ADM_URL: adm.url });
  await makeKnown(gateway.origin, askFor('nobody', ['ADM']));

  await using connection = await openConnection(gateway.origin);
  expect(await ask(connection, askFor('ann', ['ADM']))).toMatch(/of-ann\r\n[^]*"type":"First"/);
  // The compiled query can't take it: the request begins anew, by Node's server and Yoga.
  expect(await ask(connection, askFor('ann', ['NO_PROVIDER']))).toMatch(/of-ann\r\n[^]*"errors"/);
  expect(await ask(connection, askFor('bob', ['ADM']))).toMatch(/of-bob\r\n[^]*"type":"Second"/);
  const asked = adm.requests.map(({ headers }) => headers.authorization);
  expect(asked.filter((user) => user !== 'nobody')).toEqual(['ann', 'bob']);
  const logged = gateway.logLines().filter(({ msg }) => msg === 'request');
  expect(logged.slice(-3).map(({ requestId }) => requestId)).toEqual([
    'of-ann',
    'of-ann',
    'of-bob',
  ]);
});
