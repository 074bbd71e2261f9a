import { expect, it } from 'vitest';
import { GenerateOtpDocument } from '../generated/graphql.ts';
import { startGateway } from '../support/gateway.ts';
import { openWs } from '../support/raw-websocket.ts';
import { settled } from '../support/settled.ts';
import { reply, startUpstream, type Respond } from '../support/upstream.ts';

const otp = { transactionId: 't', status: 'SUCCEEDED', result: { otp: '804213' } };
const payload = {
  query: GenerateOtpDocument.toString(),
  variables: { input: { pinCode: '0042' } },
};
const credential = { 'x-pims-authorization': 'Bearer car' };

it('a mutation on a socket that the gateway is closing is never carried out', async () => {
  await using pims = await startUpstream(reply(200, otp));
  await using gateway = await startGateway({ PIMS_URL: pims.url });
  await using connection = await openWs(gateway.origin);
  await connection.init(credential);
  connection.inOnePacket(() => {
    connection.send({ type: 'connection_init' }); // the second one: close 4429
    connection.send({ id: '1', type: 'subscribe', payload });
  });
  expect((await connection.closed).code).toBe(4429);
  expect(pims.requests).toEqual([]);
});

it('a mutation that comes while the gateway drains is refused, and the one before is finished', async () => {
  let answer = (): void => undefined;
  const respond: Respond = (response, request) =>
    (answer = () => reply(200, otp)(response, request));
  await using pims = await startUpstream(respond);
  await using gateway = await startGateway({ PIMS_URL: pims.url, DRAIN_SECONDS: '10' });
  await using connection = await openWs(gateway.origin);
  await connection.init(credential);
  connection.send({ id: 'before', type: 'subscribe', payload });
  await pims.received(1);
  const closed = gateway.gateway.close();
  connection.send({ id: 'after', type: 'subscribe', payload });
  expect(JSON.parse(await connection.received('error', 'after'))).toEqual({
    id: 'after',
    type: 'error',
    payload: [{ message: 'This gateway is shutting down.', extensions: { code: 'DRAINING' } }],
  });
  answer();
  expect(JSON.parse(await connection.received('next', 'before'))).toMatchObject({
    payload: { data: { generateOtp: { __typename: 'Otp' } } },
  });
  expect((await connection.closed).code).toBe(1001);
  await closed;
  expect(pims.requests).toHaveLength(1);
});

it('a client that does not read is not read from, and gets every answer once it does', async () => {
  await using gateway = await startGateway({
    ADM_URL: 'http://127.0.0.1:1',
    LOG_LEVEL: 'silent',
    MAX_MESSAGES_PER_SECOND: '1000',
  });
  await using connection = await openWs(gateway.origin);
  await connection.init();
  connection.socket.pause();
  const alias = 'a'.repeat(20_000);
  const count = 2_000;
  for (let id = 0; id < count; id++) {
    const query = `{ ${alias}: __typename }`;
    connection.send({ id: String(id), type: 'subscribe', payload: { query } });
  }
  // 40 MB: more than the sockets between us hold. What the gateway does not read stays with us.
  const left = await settled(
    () => connection.socket.bufferedAmount,
    () => fetch(`${gateway.origin}/health/live`),
  );
  expect(left).toBeGreaterThan(10e6);
  connection.socket.resume();
  await connection.received('complete', String(count - 1));
  expect(connection.messages.filter((text) => text.includes('"next"'))).toHaveLength(count);
});
