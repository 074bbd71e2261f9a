import { expect, it } from 'vitest';
import { onUsr2, originOf, startCli } from '../support/cli.ts';
import { sendJson } from '../support/raw-http.ts';

/** Tells which modules of Node's fetch are loaded, before and after someone looks at a part of it. */
const tell = `
  const loaded = () => process.moduleLoadList.filter((name) => name.includes('undici'));
  const before = loaded();
  void globalThis.Response;
  process.stdout.write(JSON.stringify({ before, after: loaded().length > 0 }) + '\\n');
`;

it("pin-gateway serve loads nothing of Node's fetch, neither to listen nor to answer", async () => {
  const settings = { PORT: '0', ADM_URL: 'http://127.0.0.1:9' };
  await using gateway = startCli(['serve'], { ...settings, ...onUsr2(tell) });
  const { status } = await sendJson(await originOf(gateway), { query: '{ __typename }' });
  expect(status).toBe(200);
  gateway.kill('SIGUSR2');
  const [told] = await gateway.printed(/^\{"before":.*\}$/m);
  expect(JSON.parse(told)).toEqual({ before: [], after: true });
});
