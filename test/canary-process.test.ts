import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GenerateOtpDocument, PinSetDocument } from './generated/graphql.ts';
import { canaries, canaryNames, traces } from './support/canaries.ts';
import { onUsr2, originOf, startCli, type CliProcess } from './support/cli.ts';
import { subscribeSse } from './support/client.ts';
import { sendJson } from './support/raw-http.ts';
import { openWs } from './support/raw-websocket.ts';
import { silence, startUpstream } from './support/upstream.ts';

/** A folder that is gone afterwards. */
async function makeFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'report-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const tracesIn = (text: string): string[] => traces.filter((trace) => text.includes(trace));

/** Runs a gateway that holds every kind of secret at the moment when `look` looks at it. */
async function whileItHoldsSecrets(
  environment: Readonly<Record<string, string>>,
  look: (gateway: CliProcess) => Promise<void>,
): Promise<void> {
  await using upstream = await startUpstream(silence);
  await using gateway = startCli(['serve'], {
    ...{ PORT: '0', LOG_LEVEL: 'trace', PIMS_TIMEOUT_MS: '60000', DRAIN_SECONDS: '0' },
    ...{ PACE_URL: upstream.url, PIMS_URL: upstream.url },
    ...environment,
  });
  const origin = await originOf(gateway);
  await using sse = subscribeSse(origin, PinSetDocument, {}, canaryNames);
  sse.completed.catch(() => undefined);
  await using webSocket = await openWs(origin);
  await webSocket.init(canaryNames);
  webSocket.send({ id: '1', type: 'subscribe', payload: { query: PinSetDocument.toString() } });
  const query = GenerateOtpDocument.toString();
  const otp = { query, variables: { input: { pinCode: canaries.pin } } };
  const underWay = sendJson(origin, otp, canaryNames).catch(() => undefined);
  await upstream.received(2); // one poll for both subscribers, and the OTP
  await look(gateway);
  gateway.kill('SIGTERM');
  await underWay;
}

describe('a process that holds secrets', () => {
  it('has none in a diagnostic report, and nothing of its environment', async () => {
    await using folder = await makeFolder();
    const options = `--report-on-signal --report-compact --report-directory=${folder.path}`;
    const environment = { NODE_OPTIONS: options, ODD_TOKEN: canaries.foreign };
    await whileItHoldsSecrets(environment, async (gateway) => {
      gateway.kill('SIGUSR2');
      const readReport = async (): Promise<string> => {
        const [name = ''] = await readdir(folder.path);
        return await readFile(join(folder.path, name), 'utf8');
      };
      const isWhole = async (): Promise<boolean> => (await readReport()).trimEnd().endsWith('}');
      await expect.poll(() => isWhole().catch(() => false), { timeout: 10_000 }).toBe(true);
      const report = await readReport();
      expect(JSON.parse(report)).toHaveProperty('libuv');
      expect(tracesIn(report)).toEqual([]);
    });
  });

  it('prints none when an error that holds them is caught by nothing', async () => {
    const secrets = JSON.stringify([...traces].map((trace) => trace.split('').join('_')));
    const code = `const all = ${secrets}.map((text) => text.replaceAll('_', '')).join(' ');
      throw Object.assign(new Error(all, { cause: new Error(all) }), { code: all, name: 'OddError' })`;
    await whileItHoldsSecrets(onUsr2(code), async (gateway) => {
      gateway.kill('SIGUSR2');
      const { status, stdout, stderr } = await gateway.ended;
      expect(status).toBe(1);
      expect(stdout).toContain('"name":"OddError"');
      expect(tracesIn(stdout + stderr)).toEqual([]);
    });
  });
});
