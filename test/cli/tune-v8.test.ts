import { describe, expect, it } from 'vitest';
import { onUsr2, originOf, startCli, type CliProcess } from '../support/cli.ts';
import { PinSetDocument } from '../generated/graphql.ts';
import { openWs } from '../support/raw-websocket.ts';
import { silence, startUpstream } from '../support/upstream.ts';

/**
 * Calls a new function until V8 has seen enough of it to give it to the last of its compilers, and
 * tells how often that was, and whether the middle one, Maglev, had it before. `%` are V8's own words,
 * for its own tests.
 */
const prepare = `
  import { setFlagsFromString } from 'node:v8';
  import { setTimeout as sleep } from 'node:timers/promises';
  setFlagsFromString('--allow-natives-syntax');
  const isEnabled = new Function('return %IsMaglevEnabled()');
  const isInMaglev = new Function('hot', 'return %ActiveTierIsMaglev(hot)');
  const isInTurbofan = new Function('hot', 'return %ActiveTierIsTurbofan(hot)');
  const tell = (what) => process.stdout.write(JSON.stringify(what) + '\\n');
  async function heat(when) {
    const code = 'let sum = n;' + 'sum += sum % n;'.repeat(50) + 'return sum';
    const hot = new Function('n', code + ' // ' + when); // by its text V8 would know it again
    let wasInMaglev = false;
    let calls = 0;
    while (!isInTurbofan(hot)) {
      hot(7);
      calls++;
      wasInMaglev ||= isInMaglev(hot);
      if (calls % 50 === 0) await sleep(3); // the compilers work beside, and hand over between turns
    }
    tell({ when, wasInMaglev, calls });
  }
  tell({ hasMaglev: isEnabled() });
  if (isEnabled()) await heat('before');
`;

/**
 * Makes objects that survive, until V8 takes those to come for old ones, and tells whether it has done
 * so within reason: before the gateway is loaded, then as it is there, and there when V8 may again.
 */
const prepareSurvivors = `
  import { setFlagsFromString } from 'node:v8';
  import { setTimeout as sleep } from 'node:timers/promises';
  setFlagsFromString('--allow-natives-syntax');
  const isYoung = new Function('object', 'return %InYoungGeneration(object)');
  async function survive(when) {
    let bornOld = false;
    for (let attempt = 0; attempt < 10 && !bornOld; attempt++) {
      const make = new Function('n', 'return [n, {}] // ' + when + attempt);
      for (let round = 0; round < 3 && !bornOld; round++) {
        globalThis.survivors = Array.from({ length: 200_000 }, (_, index) => make(index));
        bornOld = !isYoung(make(1));
        await sleep(2);
      }
    }
    process.stdout.write(JSON.stringify({ when, bornOld }) + '\\n');
  }
  await survive('before');
`;
const surviveTwice = `
  void survive('after')
    .then(() => setFlagsFromString('--allocation-site-pretenuring'))
    .then(() => survive('again'));
`;

interface Heated {
  readonly wasInMaglev: boolean;
  readonly calls: number;
}

async function told(gateway: CliProcess, start: string): Promise<unknown> {
  const [line] = await gateway.printed(new RegExp(`^\\{"${start}.*\\}$`, 'm'));
  return JSON.parse(line);
}

describe('pin-gateway serve', () => {
  it('leaves the middle compiler of V8 off from the start on, and gives more to the last', async (context) => {
    const settings = { PORT: '0', ADM_URL: 'http://127.0.0.1:9' };
    const hook = onUsr2(`void heat('after')`, prepare);
    await using gateway = startCli(['serve'], { ...settings, ...hook });
    const { hasMaglev } = (await told(gateway, 'hasMaglev')) as { readonly hasMaglev: boolean };
    if (!hasMaglev) {
      process.stderr.write(`Node ${process.version} has no Maglev to be left off: skipped.\n`);
      context.skip('this Node has no Maglev');
    }
    const before = (await told(gateway, 'when":"before')) as Heated;
    await originOf(gateway);
    gateway.kill('SIGUSR2');
    const after = (await told(gateway, 'when":"after')) as Heated;
    expect([before.wasInMaglev, after.wasInMaglev]).toEqual([true, false]);
    expect(after.calls).toBeLessThan(before.calls / 3); // 850 and 10,500
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
  });

  it('has V8 take no new object for an old one', async () => {
    const settings = { PORT: '0', ADM_URL: 'http://127.0.0.1:9' };
    const hook = onUsr2(surviveTwice, prepareSurvivors);
    await using gateway = startCli(['serve'], { ...settings, ...hook });
    expect(await told(gateway, 'when":"before')).toEqual({ when: 'before', bornOld: true });
    await originOf(gateway);
    gateway.kill('SIGUSR2');
    expect(await told(gateway, 'when":"after')).toEqual({ when: 'after', bornOld: false });
    expect(await told(gateway, 'when":"again')).toEqual({ when: 'again', bornOld: true });
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
  });

  it('collects garbage when it has started, when a crowd has come and when it has left', async () => {
    await using pace = await startUpstream(silence);
    const traced = `
      import { setFlagsFromString } from 'node:v8';
      setFlagsFromString('--trace-gc');
      let marks = 0;
    `;
    const mark = `process.stdout.write('mark ' + ++marks + '\\n')`;
    const settings = { PORT: '0', PACE_URL: pace.url, ...onUsr2(mark, traced) };
    await using gateway = startCli(['serve'], settings);
    const origin = await originOf(gateway);
    /** Waits for a collection, and for a mark behind it. */
    const collected = async (times: number): Promise<void> => {
      const behind = times === 1 ? '' : `mark ${times - 1}\n[^]*`;
      await gateway.printed(new RegExp(`${behind}Mark-Compact \\(reduce\\)`));
      gateway.kill('SIGUSR2');
      await gateway.printed(new RegExp(`mark ${times}\n`));
    };
    await collected(1);

    {
      await using crowd = new AsyncDisposableStack();
      const subscribe = async () => {
        const client = crowd.use(await openWs(origin));
        await client.init({ 'X-PACE-Authorization': 'Bearer ann' });
        const payload = { query: PinSetDocument.toString() };
        client.send({ id: '1', type: 'subscribe', payload });
      };
      await Promise.all(Array.from({ length: 1_050 }, subscribe));
      await collected(2);
    }
    await collected(3);
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
  });
});
