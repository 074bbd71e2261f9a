import { describe, expect, it } from 'vitest';
import { silence, startUpstream } from '../support/upstream.ts';
import { startGateway } from '../support/gateway.ts';
import { openConnection, postOf, upgradeHead } from '../support/raw-connection.ts';

const slow = postOf(
  { query: '{ account { pins { __typename } } }' },
  'x-adm-authorization: Bearer a',
);
const quick = postOf({ query: '{ __typename }' });

describe('A client that does not wait for its answers', () => {
  it('has them in the order of its requests', async () => {
    await using adm = await startUpstream(silence);
    await using gateway = await startGateway({ ADM_URL: adm.url, ADM_TIMEOUT_MS: '300' });
    await using connection = await openConnection(gateway.origin);
    connection.write(slow + quick + quick);
    await connection.received(/UnavailableError.*"Query".*"Query"/s);
  });

  it.each([
    ['no request at all', 'garbage\r\n\r\n'],
    ['a head that is too long', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a body that does not come', 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n'],
  ])('and sends %s behind them is told nothing that could be their answer', async (_what, last) => {
    await using adm = await startUpstream(silence);
    const settings = {
      ADM_TIMEOUT_MS: '60000',
      HEADERS_TIMEOUT_MS: '200',
      REQUEST_TIMEOUT_MS: '200',
    };
    await using gateway = await startGateway({ ADM_URL: adm.url, ...settings });
    await using connection = await openConnection(gateway.origin);
    connection.write(slow);
    await adm.received(1);
    connection.write(last);
    expect(await connection.closed).toBe('');
    await adm.requests[0]?.aborted;
  });

  it('and has all its answers is told what is wrong behind them', async () => {
    await using adm = await startUpstream(silence);
    await using gateway = await startGateway({ ADM_URL: adm.url, ADM_TIMEOUT_MS: '300' });
    await using connection = await openConnection(gateway.origin);
    connection.write(slow + quick);
    await connection.received(/UnavailableError.*"Query"/s);
    connection.write('garbage\r\n\r\n');
    const last = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';
    expect(await connection.closed).toMatch(new RegExp(`"Query".*${last}$`, 's'));
  });

  it.each([
    ['asks for a WebSocket behind them', `${upgradeHead}\r\n`],
    ['asks for a tunnel behind them', 'CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['leaves', null],
  ])('and %s leaves nothing behind', async (_what, last) => {
    await using adm = await startUpstream(silence);
    const gateway = await startGateway({ ADM_URL: adm.url, ADM_TIMEOUT_MS: '60000' });
    await using connection = await openConnection(gateway.origin);
    connection.write(slow + quick + quick);
    await adm.received(1);
    if (last === null) await connection[Symbol.asyncDispose]();
    else connection.write(last);
    await connection.closed;
    await adm.requests[0]?.aborted;

    await gateway[Symbol.asyncDispose](); // there is nothing that it would have to wait for
    const requests = gateway.logLines().filter(({ msg }) => msg === 'request');
    expect(requests.map(({ outcome }) => outcome)).toEqual(['LEFT', 'LEFT', 'LEFT']);
  });
});
