import { describe, expect, it } from 'vitest';
import { onUsr2, originOf, startCli, type CliProcess } from '../support/cli.ts';

/**
 * Calls a new function until V8 has seen enough of it to give it to the last of its compilers, and
 * tells whether the middle one, Maglev, had it before. `%` are V8's own words, for its own tests.
 */
const prepare = `
  import { setFlagsFromString } from 'node:v8';
  import { setImmediate as nextTurn } from 'node:timers/promises';
  setFlagsFromString('--allow-natives-syntax');
  const isEnabled = new Function('return %IsMaglevEnabled()');
  const isInMaglev = new Function('hot', 'return %ActiveTierIsMaglev(hot)');
  const isInTurbofan = new Function('hot', 'return %ActiveTierIsTurbofan(hot)');
  const tell = (what) => process.stdout.write(JSON.stringify(what) + '\\n');
  async function heat(when) {
    const code = 'let sum = 0; for (let i = 0; i < 20; i++) sum += i % n; return sum';
    const hot = new Function('n', code + ' // ' + when); // by its text V8 would know it again
    let wasInMaglev = false;
    for (let calls = 1; !isInTurbofan(hot); calls++) {
      hot(7);
      wasInMaglev ||= isInMaglev(hot);
      if (calls % 10 === 0) await nextTurn(); // the compilers work beside, and hand over between turns
    }
    tell({ when, wasInMaglev });
  }
  tell({ hasMaglev: isEnabled() });
  if (isEnabled()) await heat('before');
`;

async function told(gateway: CliProcess, start: string): Promise<unknown> {
  const [line] = await gateway.printed(new RegExp(`^\\{"${start}.*\\}$`, 'm'));
  return JSON.parse(line);
}

describe('pin-gateway serve', () => {
  it('leaves the middle compiler of V8 off from the start on, and the last one on', async (context) => {
    const settings = { PORT: '0', ADM_URL: 'http://127.0.0.1:9' };
    const hook = onUsr2(`void heat('after')`, prepare);
    await using gateway = startCli(['serve'], { ...settings, ...hook });
    const { hasMaglev } = (await told(gateway, 'hasMaglev')) as { readonly hasMaglev: boolean };
    if (!hasMaglev) {
      process.stderr.write(`Node ${process.version} has no Maglev to be left off: skipped.\n`);
      context.skip('this Node has no Maglev');
    }
    expect(await told(gateway, 'when":"before')).toEqual({ when: 'before', wasInMaglev: true });

    await originOf(gateway);
    gateway.kill('SIGUSR2');
    expect(await told(gateway, 'when":"after')).toEqual({ when: 'after', wasInMaglev: false });
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toMatchObject({ status: 0, stderr: '' });
  });
});
