import { connect } from 'node:net';
import { expect, it, vi } from 'vitest';
import { AccountPinsDocument, GenerateOtpDocument, PinSetDocument } from '../generated/graphql.ts';
import { contract } from '../providers/contract.ts';
import { entryOf } from '../providers/entries.ts';
import { answers, wells } from '../providers/fault-scene.ts';
import { credentials } from '../providers/harness.ts';
import { linesOf, originOf, startCli, type CliProcess } from '../support/cli.ts';
import { connectWs, type Subscription } from '../support/client.ts';
import { as, only, overSse, pinSetEvent, resultsOf } from '../support/pin-set.ts';
import { startUpstream } from '../support/upstream.ts';

const descriptors = 80;
const clients = 200;

/** Starts a gateway that has so few of them. */
const startPoor = (urls: Readonly<Record<string, string>>, most = descriptors): CliProcess =>
  startCli(['serve'], { PORT: '0', ...urls }, undefined, most);

it('a gateway out of file descriptors refuses clients, and takes new ones when some have left', async () => {
  await using gateway = startPoor({ PACE_URL: 'http://127.0.0.1:9' });
  const origin = await originOf(gateway);
  let refused = 0;
  const sockets = Array.from({ length: clients }, () =>
    connect(Number(new URL(origin).port), '127.0.0.1')
      .on('error', () => undefined)
      .on('close', () => refused++),
  );
  await vi.waitFor(() => expect(refused).toBeGreaterThan(clients - descriptors), 10_000);
  for (const socket of sockets) socket.destroy();
  await vi.waitFor(async () => {
    expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
  }, 10_000);
  gateway.kill('SIGTERM');
  expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
});

const warning = 'MAX_CONNECTIONS is more than ulimit -Hn allows';

it.each([
  ['warns', '80', [expect.objectContaining({ level: 40, maxConnections: 80, descriptors })]],
  ['does not warn', '79', []],
])(
  'a gateway that may have 80 descriptors %s when it may have %s connections',
  async (_what, most, warnings) => {
    const urls = { PACE_URL: 'http://127.0.0.1:9', MAX_CONNECTIONS: most };
    await using gateway = startPoor(urls);
    await originOf(gateway);
    gateway.kill('SIGTERM');
    const { stdout } = await gateway.ended;
    expect(linesOf(stdout).filter(({ msg }) => msg === warning)).toEqual(warnings);
  },
);

/** Subscribers come one after the other, each with a poll of its own, until there is no room for one. */
async function fillWithPolls(origin: string): Promise<readonly Subscription[]> {
  const crowd: Subscription[] = [];
  try {
    for (;;) crowd.push(await overSse.join(origin, as(`user-${crowd.length}`)));
  } catch {
    return crowd;
  }
}

// Each of the crowd takes two: with one or the other of these its last one finds none for its poll.
const evenAndOdd = [descriptors, descriptors + 1];

it.each(evenAndOdd)(
  'a gateway whose polls have taken all of %i has entries for those who ask, and events for those who wait',
  async (most) => {
    const settingPin = new Map<string | undefined, () => void>();
    await using adm = await startUpstream(answers.ADM);
    await using pims = await startUpstream(answers.PIMS);
    await using pace = await startUpstream((response, request) => {
      settingPin.set(request.headers.authorization, () => answers.PACE(response, request));
    });
    const urls = { ADM_URL: adm.url, PACE_URL: pace.url, PIMS_URL: pims.url };
    await using gateway = startPoor(urls, most);
    const origin = await originOf(gateway);
    await using webSocket = connectWs(origin, { ...credentials, ...as('ann') });
    const askPins = () =>
      resultsOf(webSocket.subscribe(AccountPinsDocument, { providers: ['ADM'] }));
    const otpInput = { input: { pinCode: '1234' } };
    const askOtp = () => resultsOf(webSocket.subscribe(GenerateOtpDocument, otpInput));
    await using ann = webSocket.subscribe(PinSetDocument, {});
    await using bob = await overSse.join(origin, as('bob'));
    await pace.received(2);

    const crowd = await fillWithPolls(origin);
    expect(pace.open).toBeGreaterThan(descriptors / 4);
    expect([await askPins(), await askOtp()]).toEqual([
      [{ data: { account: { pins: [entryOf('ADM', contract['connection failed'])] } } }],
      [{ data: { generateOtp: entryOf('PIMS', contract['failed before sent']) } }],
    ]);
    expect([adm.requests, pims.requests]).toEqual([[], []]);

    expect([ann.payloads, bob.payloads]).toEqual([[], []]);
    for (const user of ['ann', 'bob']) settingPin.get(`Bearer ${user}`)?.();
    const event = only(pinSetEvent);
    expect([await resultsOf(ann), await resultsOf(bob)]).toEqual([event, event]);

    expect(crowd.flatMap(({ payloads }) => payloads)).toEqual([]);
    for (const subscriber of crowd) subscriber.leave();
    await vi.waitFor(() => expect(pace.open).toBe(0), 10_000);
    expect([await askPins(), await askOtp()]).toEqual([
      [{ data: { account: { pins: [wells.ADM] } } }],
      [{ data: { generateOtp: wells.PIMS } }],
    ]);
    gateway.kill('SIGTERM');
    const { status, stdout, stderr } = await gateway.ended;
    const lines = linesOf(stdout);
    const bugs = lines.filter(({ msg }) => msg === 'bug');
    expect({ status, stderr, bugs }).toEqual({ status: 0, stderr: '', bugs: [] });
    expect(lines).toContainEqual(
      expect.objectContaining({ provider: 'ADM', availability: 'DEGRADED', reason: 'EMFILE' }),
    );
  },
);
