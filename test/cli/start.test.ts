import { describe, expect, it } from 'vitest';
import { GenerateOtpDocument, PinSetDocument } from '../generated/graphql.ts';
import { originOf, runCli, startCli, type CliProcess } from '../support/cli.ts';
import { parsePayload, post, subscribeSse } from '../support/client.ts';
import { runCurl } from '../support/curl.ts';
import { sendRaw } from '../support/raw-http.ts';

/** The whole thing, and the lines to paste that it printed. */
interface Demo extends AsyncDisposable {
  readonly process: CliProcess;
  readonly origin: string;
  readonly curls: readonly string[];
}

/** Starts it, and waits until it has said everything. */
async function startDemo(): Promise<Demo> {
  const demo = startCli(['start'], { PORT: '0' });
  const origin = await originOf(demo);
  await demo.printed(/curl -i -X DELETE .*\n/);
  const curls = Array.from(demo.stdout.matchAll(/^ *(curl .*)$/gm), ([, line = '']) => line);
  const dispose = () => demo[Symbol.asyncDispose]();
  return { process: demo, origin, curls, [Symbol.asyncDispose]: dispose };
}

describe('pin-gateway start', () => {
  it('says that the providers are simulated, and where to look', async () => {
    await using demo = await startDemo();
    const { origin } = demo;
    const text = demo.process.stdout.split('\n').filter((line) => !line.startsWith('{'));
    expect(text).toEqual(
      expect.arrayContaining([
        '*** ALL PROVIDERS ARE SIMULATED ***',
        `GraphiQL:   ${origin}/graphql`,
        'Demo user:  authorization: Bearer demo     PIN at PIMS: 1234',
      ]),
    );
    const page = await sendRaw(origin, '/graphql', { headers: { accept: 'text/html' } });
    expect(page).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
  });

  it('prints a query that works as it is', async () => {
    await using demo = await startDemo();
    const { curls } = demo;
    const response = await runCurl(curls[0] ?? '');
    const pin = (provider: string, type: string, status: string, actionRequired = false) => ({
      __typename: 'Pin',
      ...{ provider, type, status, actionRequired },
    });
    expect({ status: response.status, body: (await response.json()) as unknown }).toEqual({
      status: 200,
      body: {
        data: {
          account: {
            pins: [
              pin('ADM', 'Parental', 'UNSET', true),
              pin('ADM', 'Purchase', 'SET'),
              pin('ADM', 'Adult', 'LOCKED'),
              pin('PACE', 'USER', 'UNSET'),
            ],
          },
        },
      },
    });
  });

  it('prints credentials that work', async () => {
    await using demo = await startDemo();
    const { origin } = demo;
    const [, authorization = '', pinCode = ''] =
      /authorization: (.*?) {2,}PIN at PIMS: (\S+)/.exec(demo.process.stdout) ?? [];
    const { body } = await post(
      origin,
      GenerateOtpDocument,
      { input: { pinCode } },
      { authorization },
    );
    expect(body).toEqual({
      data: {
        generateOtp: {
          __typename: 'Otp',
          provider: 'PIMS',
          value: expect.stringMatching(/^\d{6}$/) as string,
          transactionId: expect.any(String) as string,
        },
      },
    });
  });

  it('prints lines that set the PIN while someone waits, and take it away again', async () => {
    await using demo = await startDemo();
    const { origin, curls } = demo;
    const [query = '', setPin = '', unsetPin = ''] = curls;
    const status = async (): Promise<unknown> => {
      const body = (await (await runCurl(query)).json()) as {
        data: { account: { pins: { provider: string; status: string }[] } };
      };
      return body.data.account.pins.find(({ provider }) => provider === 'PACE')?.status;
    };
    const paceUrl = /curl -i -X PUT (\S+)\/user\/pin/.exec(setPin)?.[1] ?? '';

    await using waiting = subscribeSse(
      origin,
      PinSetDocument,
      {},
      { authorization: 'Bearer demo' },
    );
    await expect
      .poll(async () => (await fetch(`${paceUrl}/_simulator/state`)).json() as Promise<unknown>)
      .toMatchObject({ openPolls: 1 });
    expect((await runCurl(setPin)).status).toBe(200);
    expect((await waiting.completed).map((payload) => parsePayload(payload))).toEqual([
      {
        data: {
          pinSet: {
            __typename: 'PinSetEvent',
            provider: 'PACE',
            type: 'USER',
            observedAt: expect.any(String) as string,
          },
        },
      },
    ]);
    expect(await status()).toBe('SET');
    expect((await runCurl(unsetPin)).status).toBe(204);
    expect(await status()).toBe('UNSET');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s', async (signal) => {
    await using demo = await startDemo();
    const { origin } = demo;
    const names = { authorization: 'Bearer demo' };
    await using waiting = subscribeSse(origin, PinSetDocument, {}, names);
    expect(await waiting.opened).toBe(200);
    demo.process.kill(signal);
    expect(await demo.process.ended).toMatchObject({ status: 0, stderr: '' });
    expect(await waiting.completed).toEqual([expect.stringContaining('DRAINING')]);
  });

  it('refuses wrong settings with 2, and ignores addresses of real providers', async () => {
    expect(await runCli(['start'], { PORT: 'http', ADM_URL: 'no address' })).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'pin-gateway start: the settings are wrong.\n' +
        '  PORT: has to be a whole number from 0 to 65535\n',
    });
  });

  it('says so when its port is taken, and ends with 1', async () => {
    await using demo = await startDemo();
    const { origin } = demo;
    const { port } = new URL(origin);
    expect(await runCli(['start'], { PORT: port })).toEqual({
      status: 1,
      stdout: '',
      stderr: `pin-gateway start: can't listen at HOST 127.0.0.1, PORT ${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`,
    });
  });
});
