import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createConnection } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  demoAuthorization,
  setPinCommand,
  startSimulators,
  unsetPinCommand,
} from '../../src/simulators/index.ts';
import { call, essence, jsonApiDocument, simulatorsPerTest, stateOf, textLike } from './harness.ts';

const simulators = simulatorsPerTest();
const names = ['ADM', 'PACE', 'PIMS'] as const;
const run = promisify(execFile);

describe('Every simulator', () => {
  it('answers an unknown path with 404, in the words of the provider', async () => {
    const detail = 'There is nothing at this path.';
    const plain = { status: 404, body: { error: 'Not Found', detail } };
    const jsonApi = {
      status: 404,
      body: jsonApiDocument({ status: '404', title: 'Not Found', detail }),
    };
    const answers = await Promise.all(
      names.map((name) => call('GET', `${simulators.urls[name]}/elsewhere?x=1`)),
    );
    expect(answers.map(essence)).toEqual([plain, jsonApi, plain]);
    expect(answers.map(({ contentType }) => contentType)).toEqual([
      'application/json',
      'application/vnd.api+json',
      'application/json',
    ]);
  });

  it('answers another method with 405 and names those it knows', async () => {
    const answer = await call('PATCH', `${simulators.urls.PACE}/user/pin`, { token: 'demo' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, PUT']);
  });

  const bodyCalls = [
    ['ADM', 'POST', '/adm/v1/user/accounts/actions/pin'],
    ['ADM', 'PUT', '/adm/v1/accounts/actions/demo/pin'],
    ['ADM', 'POST', '/_simulator/pin-entries'],
    ['ADM', 'PUT', '/_simulator/fault'],
    ['PACE', 'PUT', '/user/pin'],
    ['PACE', 'POST', '/user/otp'],
    ['PIMS', 'POST', '/pims/get'],
  ] as const;

  it.each(bodyCalls)('refuses at %s %s %s a body over 64 KiB', async (name, method, path) => {
    const url = simulators.urls[name] + path;
    const rawBody = JSON.stringify({ padding: 'x'.repeat(64 * 1024) });
    expect((await call(method, url, { token: 'demo', rawBody })).status).toBe(413);
  });

  it.each(bodyCalls)(
    'refuses at %s %s %s a body that is not JSON, and does not quote it',
    async (name, method, path) => {
      const url = simulators.urls[name] + path;
      const answer = await call(method, url, { token: 'demo', rawBody: '{"pin": 5621' });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).not.toContain('5621');
    },
  );

  it('reads a body of exactly 64 KiB', async () => {
    const shell = JSON.stringify({ padding: '' }).length;
    const rawBody = JSON.stringify({ padding: 'x'.repeat(64 * 1024 - shell) });
    const url = `${simulators.urls.PIMS}/pims/get`;
    expect((await call('POST', url, { token: 'demo', rawBody })).status).toBe(200);
  });

  it('says that it is simulated even to what is not HTTP', async () => {
    const socket = createConnection({ port: Number(new URL(simulators.urls.ADM).port) });
    socket.end('nonsense\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toBe('HTTP/1.1 400 Bad Request\r\nx-simulated: true\r\nconnection: close\r\n\r\n');
  });

  it('keeps a state of its own', async () => {
    await call('PUT', `${simulators.urls.PACE}/user/pin`, {
      token: 'user-7',
      body: { data: { type: 'pin', attributes: { pin: '5621', otp: '123456' } } },
    });
    const adm = `${simulators.urls.ADM}/adm/v1/user/accounts/pins/status`;
    expect((await call('GET', adm, { token: 'user-7' })).body).toMatchObject({
      resourceSet: [{ status: 'UNSET' }, { status: 'UNSET' }, { status: 'UNSET' }],
    });
  });
});

describe('The state of a simulator', () => {
  it('counts the requests by path, tells the fault and the open polls, and never a PIN', async () => {
    const { ADM, PACE, PIMS } = simulators.urls;
    await call('GET', `${ADM}/adm/v1/user/accounts/pins/status`, { token: 'demo' });
    await call('GET', `${ADM}/adm/v1/user/accounts/pins/status`);
    await call('PUT', `${ADM}/adm/v1/accounts/actions/demo/pin`, { token: 'demo', body: {} });
    await call('GET', `${ADM}/elsewhere`);
    await call('GET', `${PACE}/user/pin?timeout=9`, { token: 'alice' });
    await call('PUT', `${PIMS}/_simulator/fault`, { body: { kind: 'hang', times: 3 } });

    expect(await stateOf(ADM)).toEqual({
      provider: 'ADM',
      fault: null,
      requests: {
        'GET /adm/v1/user/accounts/pins/status': 2,
        'PUT /adm/v1/accounts/actions/{accountId}/pin': 1,
        other: 1,
      },
    });
    expect(await stateOf(PACE)).toEqual({
      provider: 'PACE',
      fault: null,
      requests: { 'GET /user/pin': 1 },
      openPolls: 0,
    });
    expect(await stateOf(PIMS)).toEqual({
      provider: 'PIMS',
      fault: { kind: 'hang', times: 3 },
      requests: {},
    });
  });
});

describe('Starting and ending', () => {
  it('picks free ports on 127.0.0.1 and ends twice without complaint', async () => {
    const started = await startSimulators();
    const urls = Object.values(started.urls);
    expect(urls).toEqual(urls.map(() => textLike(/^http:\/\/127\.0\.0\.1:\d+$/)));
    expect(new Set(urls).size).toBe(3);
    await started[Symbol.asyncDispose]();
    await started[Symbol.asyncDispose]();
    await expect(fetch(`${started.urls.ADM}/_simulator/state`)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('takes the host and the ports that it is given', async () => {
    const first = await startSimulators();
    await first[Symbol.asyncDispose]();
    const port = Number(new URL(first.urls.PIMS).port);
    const second = await startSimulators({ host: 'localhost', ports: { PIMS: port } });
    expect(second.urls.PIMS).toBe(`http://localhost:${port}`);
    expect(await stateOf(second.urls.PIMS)).toMatchObject({ provider: 'PIMS' });
    await second[Symbol.asyncDispose]();
  });

  it('rejects when a port is taken and leaves nothing running', async () => {
    const first = await startSimulators();
    await first[Symbol.asyncDispose]();
    const free = Number(new URL(first.urls.ADM).port);
    const taken = Number(new URL(simulators.urls.PIMS).port);
    await expect(startSimulators({ ports: { ADM: free, PIMS: taken } })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: taken,
    });
    const probe = createServer().listen(free, '127.0.0.1');
    await once(probe, 'listening');
    probe.close();
    await once(probe, 'close');
  });

  it('ends a connection that has sent nothing yet', async () => {
    const started = await startSimulators();
    const socket = createConnection({ port: Number(new URL(started.urls.ADM).port) });
    await once(socket, 'connect');
    await call('GET', `${started.urls.ADM}/_simulator/state`);
    const closed = once(socket, 'close');
    socket.resume();
    await started[Symbol.asyncDispose]();
    await closed;
  });
});

describe('The command lines of the demo', () => {
  it('are one line each, for the demo user', () => {
    expect(setPinCommand('http://127.0.0.1:4012')).toBe(
      `curl -i -X PUT http://127.0.0.1:4012/user/pin -H 'Authorization: Bearer demo' -H 'Content-Type: application/vnd.api+json' -d '{"data":{"type":"pin","attributes":{"pin":"5621","otp":"123456"}}}'`,
    );
    expect(unsetPinCommand('http://127.0.0.1:4012')).toBe(
      `curl -i -X DELETE http://127.0.0.1:4012/_simulator/pin -H 'Authorization: Bearer demo'`,
    );
    expect(demoAuthorization).toBe('Bearer demo');
  });

  it('set the PIN and take it away when a shell runs them', async (context) => {
    const hasCurl = await run('curl', ['--version']).then(
      () => true,
      () => false,
    );
    context.skip(!hasCurl, 'curl is not installed');
    const { PACE } = simulators.urls;
    const check = async (): Promise<number> =>
      (await call('GET', `${PACE}/user/pin`, { token: 'demo' })).status;
    await run('sh', ['-c', setPinCommand(PACE)]);
    expect(await check()).toBe(200);
    await run('sh', ['-c', unsetPinCommand(PACE)]);
    expect(await check()).toBe(404);
  });
});
